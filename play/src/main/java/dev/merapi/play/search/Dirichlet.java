package dev.merapi.play.search;

import java.util.random.RandomGenerator;

/** Random probabilities that sum to 1: normalised gamma variables, by Marsaglia and Tsang 2000. */
final class Dirichlet {
    private Dirichlet() {}

    static double[] sample(int count, double alpha, RandomGenerator random) {
        var values = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) sum += values[i] = gamma(alpha, random);
        for (int i = 0; i < count; i++) values[i] = sum > 0 ? values[i] / sum : 1.0 / count; // all may underflow
        return values;
    }

    static double gamma(double alpha, RandomGenerator random) {
        if (alpha < 1) return gamma(alpha + 1, random) * Math.pow(1 - random.nextDouble(), 1 / alpha);
        double d = alpha - 1.0 / 3, c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
        }
    }
}
