package dev.merapi.metric;

/** How the values of several classes become one. */
public enum Average {
    /** The value of class 1, for two classes. */
    BINARY,
    /** Counts are summed over classes first. */
    MICRO,
    /** The mean over classes, each counting the same. */
    MACRO,
    /** The mean over classes, each counting by its number of targets. */
    WEIGHTED;

    /** {@code f1} for class 1, else such as {@code f1_macro}. */
    String name(String metric) { return this == BINARY ? metric : metric + "_" + name().toLowerCase(); }

    /** The mean of one value for each class, for MACRO and WEIGHTED. */
    double mean(double[] values, long[] targets) {
        double sum = 0, weights = 0;
        for (int i = 0; i < values.length; i++) {
            double weight = this == WEIGHTED ? targets[i] : 1;
            if (weight > 0) sum += weight * values[i];
            weights += weight;
        }
        return sum / weights;
    }
}
