package dev.merapi.protect.privacy;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Accounts by Rényi differential privacy: divergences of the sampled Gaussian mechanism (Mironov, Talwar and Zhang
 * 2019, arXiv:1908.10530) add up over steps, and the best of their orders gives ε (Balle et al. 2020,
 * arXiv:1905.09982, theorem 21).
 */
final class RdpAccountant {
    /** As in Opacus and TensorFlow Privacy. */
    private static final double[] ORDERS = DoubleStream.concat(
            IntStream.range(1, 100).mapToDouble(i -> 1 + i / 10.0), IntStream.range(12, 64).asDoubleStream()).toArray();

    private RdpAccountant() {}

    static double epsilon(List<Ledger.Phase> phases, double delta) {
        double best = Double.POSITIVE_INFINITY;
        for (double order : ORDERS) {
            double divergence = 0;
            for (var phase : phases) divergence += phase.steps() * divergence(phase.rate(), phase.noise(), order);
            double epsilon = divergence - (Math.log(delta) + Math.log(order)) / (order - 1) + Math.log1p(-1 / order);
            if (!Double.isNaN(epsilon)) best = Math.min(best, epsilon);
        }
        return best;
    }

    /** The Rényi divergence of one step. */
    static double divergence(double q, double sigma, double order) {
        if (q == 1) return order / (2 * sigma * sigma);
        double log = order == Math.rint(order) ? whole(q, sigma, (int) order) : fraction(q, sigma, order);
        return log / (order - 1);
    }

    /** log A for a whole order: a binomial sum. */
    private static double whole(double q, double sigma, int order) {
        double log = Double.NEGATIVE_INFINITY, binomial = 0;
        for (int i = 0; i <= order; i++) {
            double term = binomial + i * Math.log(q) + (order - i) * Math.log1p(-q);
            log = add(log, term + (i * i - i) / (2 * sigma * sigma));
            binomial += Math.log(order - i) - Math.log(i + 1);
        }
        return log;
    }

    /** log A for any other order: section 3.3 of Mironov et al., two series of alternating sign. */
    private static double fraction(double q, double sigma, double order) {
        double below = Double.NEGATIVE_INFINITY, above = Double.NEGATIVE_INFINITY;
        double middle = sigma * sigma * Math.log(1 / q - 1) + 0.5;
        double root = Math.sqrt(2) * sigma;
        double binomial = 1;
        for (int i = 0;; i++) {
            double j = order - i;
            double size = Math.log(Math.abs(binomial));
            double first = size + i * Math.log(q) + j * Math.log1p(-q) + (i * i - i) / (2 * sigma * sigma)
                    + Math.log(0.5) + Normal.logErfc((i - middle) / root);
            double second = size + j * Math.log(q) + i * Math.log1p(-q) + (j * j - j) / (2 * sigma * sigma)
                    + Math.log(0.5) + Normal.logErfc((middle - j) / root);
            below = binomial > 0 ? add(below, first) : subtract(below, first);
            above = binomial > 0 ? add(above, second) : subtract(above, second);
            if (Math.max(first, second) < -30) return add(below, above);
            binomial *= (order - i) / (i + 1);
        }
    }

    /** log(eᵃ + eᵇ). */
    private static double add(double a, double b) {
        double low = Math.min(a, b), high = Math.max(a, b);
        return low == Double.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
    }

    /** log(eᵃ - eᵇ), for a ≥ b. */
    private static double subtract(double a, double b) {
        if (b == Double.NEGATIVE_INFINITY) return a;
        return a == b ? Double.NEGATIVE_INFINITY : b + Math.log(Math.expm1(a - b));
    }
}
