package dev.merapi.tensor;

/**
 * Checks of arguments, whose errors all say where, what was expected, what was received, and what to do.
 *
 * <pre>{@code
 * Expect.atLeast("Crop.size", 1, size);
 * Expect.that(width % heads == 0, "Encoder.heads", "heads that divide the width " + width, heads);
 * }</pre>
 *
 * The last throws <i>Encoder.heads: expected heads that divide the width 8. Received 3.</i> Where a check runs at each
 * step, {@code if (…) throw Expect.error(…)} writes the message only when it is needed.
 */
public final class Expect {
    private Expect() {}

    /**
     * Refuses an argument unless {@code holds}.
     *
     * @throws IllegalArgumentException unless it does
     */
    public static void that(boolean holds, String where, String expected, Object received) {
        if (!holds) throw error(where, expected, received);
    }

    /**
     * A whole number from {@code least} on.
     *
     * @throws IllegalArgumentException for a smaller one
     */
    public static void atLeast(String where, long least, long value) {
        if (value < least) throw error(where, "at least " + least, value);
    }

    /**
     * A finite number from {@code least} on.
     *
     * @throws IllegalArgumentException for a smaller one, infinity or NaN
     */
    public static void atLeast(String where, long least, double value) {
        if (!(value >= least && value < Double.POSITIVE_INFINITY)) throw error(where, "at least " + least, value);
    }

    /**
     * A finite number above 0.
     *
     * @throws IllegalArgumentException for any other, and NaN
     */
    public static void positive(String where, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) throw error(where, "more than 0", value);
    }

    /**
     * A number from 0 to below 1, such as a momentum.
     *
     * @throws IllegalArgumentException for any other, and NaN
     */
    public static void fraction(String where, double value) {
        if (!(value >= 0 && value < 1)) throw error(where, "a number from 0 to below 1", value);
    }

    /**
     * A number from 0 to 1.
     *
     * @throws IllegalArgumentException for any other, and NaN
     */
    public static void probability(String where, double value) {
        if (!(value >= 0 && value <= 1)) throw error(where, "a probability from 0 to 1", value);
    }

    /** The error to throw: <i>where: expected … Received …</i>, each a full sentence. */
    public static IllegalArgumentException error(String where, String expected, Object received) {
        return new IllegalArgumentException(where + ": expected " + expected + ". Received " + received + ".");
    }

    /** As above, with advice: <i>Received …; put a Flatten before it.</i> */
    public static IllegalArgumentException error(String where, String expected, Object received, String advice) {
        return error(where, expected, received + "; " + advice);
    }
}
