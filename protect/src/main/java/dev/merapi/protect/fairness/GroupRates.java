package dev.merapi.protect.fairness;

/**
 * What a model answers to the members of a group. A rate of nobody, such as the true positive rate of a group without
 * positives, is NaN.
 *
 * @param truePositives weight of members whose class is positive, and who are given it; 1 each if not weighed
 */
public record GroupRates(String group, double truePositives, double falsePositives, double trueNegatives,
        double falseNegatives) {
    private static final double Z = 1.959964; // 95 % of a normal distribution lie within so many deviations

    /** A share, and where it lies with 95 % confidence (Wilson 1927). */
    public record Rate(double value, double low, double high) {
        static Rate of(double hits, double trials) {
            if (trials == 0) return new Rate(Double.NaN, Double.NaN, Double.NaN);
            double p = hits / trials, z2 = Z * Z / trials;
            double middle = (p + z2 / 2) / (1 + z2);
            double half = Z / (1 + z2) * Math.sqrt(p * (1 - p) / trials + z2 / (4 * trials));
            return new Rate(p, Math.max(0, middle - half), Math.min(1, middle + half));
        }

        /** Such as {@code 0.712 [0.68, 0.74]}. */
        @Override public String toString() {
            return Double.isNaN(value) ? "–" : "%.3f [%.2f, %.2f]".formatted(value, low, high);
        }
    }

    /** Members. */
    public double size() { return truePositives + falsePositives + trueNegatives + falseNegatives; }

    /** Share whose class is positive. */
    public Rate base() { return Rate.of(truePositives + falseNegatives, size()); }

    /** Share who are given the positive answer. */
    public Rate selection() { return Rate.of(truePositives + falsePositives, size()); }

    /** Of those whose class is positive. */
    public Rate truePositiveRate() { return Rate.of(truePositives, truePositives + falseNegatives); }

    /** Of those whose class is negative. */
    public Rate falsePositiveRate() { return Rate.of(falsePositives, falsePositives + trueNegatives); }

    /** Share of positive answers that are right. */
    public Rate precision() { return Rate.of(truePositives, truePositives + falsePositives); }

    /** Share of answers that are right. */
    public Rate accuracy() { return Rate.of(truePositives + trueNegatives, size()); }
}
