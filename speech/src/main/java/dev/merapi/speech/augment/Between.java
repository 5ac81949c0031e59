package dev.merapi.speech.augment;

import java.util.random.RandomGenerator;

/** Draws evenly between two numbers, which may be the same. */
final class Between {
    private Between() {}

    static double draw(double least, double most, RandomGenerator random) {
        return least + (most - least) * random.nextDouble();
    }
}
