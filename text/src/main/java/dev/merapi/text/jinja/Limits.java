package dev.merapi.text.jinja;

import java.util.function.Supplier;

/**
 * What one rendering may take. A template comes with a model from anywhere: one that never ends, or wants all memory,
 * is refused.
 */
final class Limits {
    /** Characters of one text. */
    static final long TEXT = 1 << 24;
    /** Digits of a whole number, as Python's own limit. */
    static final int DIGITS = 4300;
    /** Elements of a range, as in Jinja2's sandbox. */
    static final int RANGE = 100_000;
    /** Of work; a character that is written is one. */
    private static final long WORK = 1 << 26;
    /** The work of a step, and of an element of a list. */
    static final int STEP = 32;
    /** Calls within calls. */
    private static final int DEPTH = 100;

    private static final ScopedValue<Limits> HERE = ScopedValue.newInstance();

    private long left = WORK;
    private int depth;

    private Limits() {}

    /** Renders within new limits. */
    static <T> T within(Supplier<T> rendering) {
        return ScopedValue.where(HERE, new Limits()).call(() -> {
            try {
                return rendering.get();
            } catch (StackOverflowError e) { // values within values, far beyond what anyone writes down
                throw new Wrong("this is nested too deeply.");
            }
        });
    }

    static void spend(long work) {
        var limits = HERE.get();
        limits.left -= work;
        if (limits.left < 0) throw new Wrong("the template takes too long: more than any conversation needs.");
    }

    static void step() { spend(STEP); }

    /** A text of so many characters may be made. */
    static void text(long length) {
        if (length > TEXT) throw new Wrong("expected texts of at most " + TEXT + " characters. Received a longer one.");
    }

    /** A list of so many elements may be made. */
    static void list(long size) { spend(Math.multiplyExact(STEP, Math.min(size, Integer.MAX_VALUE + 1L))); }

    /** A call that may call itself again. */
    static <T> T call(Supplier<T> body) {
        var limits = HERE.get();
        if (++limits.depth > DEPTH) {
            throw new Wrong("expected calls at most " + DEPTH + " deep. Received deeper ones.");
        }
        try {
            return body.get();
        } finally {
            limits.depth--;
        }
    }
}
