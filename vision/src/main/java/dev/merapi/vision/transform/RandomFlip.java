package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/** Mirrors left and right with a probability. */
public record RandomFlip(double probability) implements Geometric {
    /** @throws IllegalArgumentException unless the probability is from 0 to 1 */
    public RandomFlip { Expect.probability("RandomFlip", probability); }

    /** Every other time. */
    public RandomFlip() { this(0.5); }

    @Override public Move draw(Image image, RandomGenerator random) {
        return random.nextDouble() < probability ? new Flip(image.width()) : Move.NONE;
    }
}
