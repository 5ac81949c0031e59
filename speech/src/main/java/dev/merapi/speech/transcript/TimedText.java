package dev.merapi.speech.transcript;

import dev.merapi.tensor.Expect;
import java.util.Locale;

/**
 * Words and when they were said.
 *
 * @param from in seconds
 * @param to in seconds
 * @param text of it
 */
public record TimedText(double from, double to, String text) {
    public TimedText {
        Expect.that(from >= 0 && to >= from, "TimedText", "0 ≤ from ≤ to", from + " and " + to);
    }

    /** As {@code [0.00 → 2.40] hello}. */
    @Override public String toString() {
        return String.format(Locale.ROOT, "[%.2f → %.2f] %s", from, to, text);
    }
}
