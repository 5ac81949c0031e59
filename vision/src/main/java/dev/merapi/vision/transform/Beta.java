package dev.merapi.vision.transform;

import java.util.random.RandomGenerator;

/** Draws from Beta(alpha, alpha). */
final class Beta {
    private Beta() {}

    /** As X / (X + Y) of two gamma variables. */
    static double draw(double alpha, RandomGenerator random) {
        double x = gamma(alpha, random);
        double y = gamma(alpha, random);
        return x + y == 0 ? random.nextInt(2) : x / (x + y); // a tiny alpha underflows: one or the other
    }

    /** Gamma(alpha, 1) after Marsaglia and Tsang 2000; below 1 by their boost, Gamma(alpha + 1) U^(1 / alpha). */
    private static double gamma(double alpha, RandomGenerator random) {
        double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double z = random.nextGaussian();
            double v = Math.pow(1 + c * z, 3);
            if (v <= 0) continue;
            if (Math.log(1 - random.nextDouble()) < 0.5 * z * z + d * (1 - v + Math.log(v))) {
                return d * v * (alpha < 1 ? Math.pow(1 - random.nextDouble(), 1 / alpha) : 1);
            }
        }
    }
}
