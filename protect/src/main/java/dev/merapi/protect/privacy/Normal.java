package dev.merapi.protect.privacy;

/** The normal distribution, to about 15 digits also far out. */
final class Normal {
    private Normal() {}

    /** The probability of at most x. */
    static double cdf(double x) {
        double half = 0.5 * Math.exp(logErfc(Math.abs(x) / Math.sqrt(2)));
        return x > 0 ? 1 - half : half;
    }

    /** log erfc(x), where erfc(x) = 1 - erf(x). */
    static double logErfc(double x) {
        if (x < 0) return Math.log(2 - Math.exp(logErfc(-x)));
        if (x < 2) return Math.log1p(-erf(x));
        return -x * x - Math.log(x * Math.sqrt(Math.PI)) + Math.log(fraction(x));
    }

    /** By 2 / √π · e^(-x²) Σ 2ⁿ x^(2n + 1) / (1 · 3 · … · (2n + 1)), all of one sign. */
    private static double erf(double x) {
        double term = x, sum = x;
        for (int n = 1; term > 1e-18 * sum; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /**
     * x √π e^(x²) erfc(x), by the continued fraction x / (x + 1/2 / (x + 1 / (x + 3/2 / …))), from its far end.
     */
    private static double fraction(double x) {
        double value = x;
        for (int n = 200; n > 0; n--) value = x + n / 2.0 / value;
        return x / value;
    }
}
