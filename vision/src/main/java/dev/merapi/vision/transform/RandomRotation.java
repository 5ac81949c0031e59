package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Turns an image about its middle, by an angle drawn uniformly from {@code -degrees} to {@code degrees}; positive is
 * counter-clockwise. Bilinear; what comes from outside is black, and the size stays.
 */
public record RandomRotation(double degrees) implements Geometric {
    /** @throws IllegalArgumentException for a negative angle */
    public RandomRotation { Expect.atLeast("RandomRotation.degrees", 0, degrees); }

    @Override public Move draw(Image image, RandomGenerator random) {
        return Affine.rotation(image, (2 * random.nextDouble() - 1) * degrees);
    }

    /** Turns counter-clockwise by a given angle. */
    public static Image rotate(Image image, double degrees) { return Affine.rotation(image, degrees).of(image); }
}
