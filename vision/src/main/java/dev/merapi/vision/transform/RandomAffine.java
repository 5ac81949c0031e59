package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Turns, enlarges and shifts an image about its middle, by amounts drawn uniformly. Bilinear; what comes from outside
 * is black, and the size stays.
 *
 * @param degrees at most so far either way
 * @param shift at most such a part of the width and of the height, either way
 * @param smallest factor of enlargement
 * @param largest factor of enlargement
 */
public record RandomAffine(double degrees, double shift, double smallest, double largest) implements Geometric {
    public RandomAffine {
        Expect.atLeast("RandomAffine.degrees", 0, degrees);
        Expect.probability("RandomAffine.shift", shift);
        if (!(smallest > 0 && smallest <= largest && largest < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("RandomAffine: expected factors above 0, the smallest first. Received "
                    + smallest + " and " + largest);
        }
    }

    @Override public Move draw(Image image, RandomGenerator random) {
        double angle = Math.toRadians(either(degrees, random));
        double factor = smallest + random.nextDouble() * (largest - smallest);
        double cos = Math.cos(angle) / factor;
        double sin = Math.sin(angle) / factor;
        double x = either(shift, random) * image.width();
        return Affine.about(image, cos, -sin, sin, cos, x, either(shift, random) * image.height());
    }

    private static double either(double most, RandomGenerator random) { return (2 * random.nextDouble() - 1) * most; }
}
