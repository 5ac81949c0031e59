package dev.merapi.optim;

/** Checks of hyperparameters. */
final class Check {
    private Check() {}

    static void atLeast(double low, double value, String where, String what) {
        if (!(value >= low && value < Double.POSITIVE_INFINITY)) {
            throw expected(where, what, "of at least " + plain(low), value);
        }
    }

    static void positive(double value, String where, String what) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) throw expected(where, what, "above 0", value);
    }

    /** In [0, 1). */
    static void fraction(double value, String where, String what) {
        if (!(value >= 0 && value < 1)) throw expected(where, what, "from 0 to below 1", value);
    }

    private static IllegalArgumentException expected(String where, String what, String range, double value) {
        return new IllegalArgumentException(where + ": expected a " + what + " " + range + ". Received "
                + plain(value));
    }

    private static String plain(double value) {
        return value == (long) value ? Long.toString((long) value) : Double.toString(value);
    }
}
