package dev.merapi.protect.robustness;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/** What is known of a probability from how often something came. */
final class Binomial {
    private static final int HALVINGS = 60; // to the precision of a double

    private Binomial() {}

    /** The lower end of the one-sided confidence interval of Clopper and Pearson (1934). */
    static double lower(long hits, long trials, double alpha) {
        if (hits == 0) return 0;
        double low = 0, high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (atLeast(hits, trials, middle) < alpha) low = middle;
            else high = middle;
        }
        return low;
    }

    /** Probability of so many hits or more. */
    static double atLeast(long hits, long trials, double p) {
        double sum = 0, term = logChoose(trials, hits) + hits * Math.log(p) + (trials - hits) * Math.log1p(-p);
        for (long k = hits; k <= trials; k++) {
            sum += Math.exp(term);
            term += Math.log((double) (trials - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
        }
        return Math.min(1, sum);
    }

    private static double logChoose(long n, long k) {
        double sum = 0;
        for (long i = 1; i <= k; i++) sum += Math.log((double) (n - k + i) / i);
        return sum;
    }

    /** Where the normal distribution has so much below it. */
    static double normalQuantile(double p) {
        try (var _ = Scope.open()) {
            return Tensor.call("special_ndtri", "", Tensor.of(new double[] {p}, 1)).item();
        }
    }
}
