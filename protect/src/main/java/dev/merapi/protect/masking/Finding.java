package dev.merapi.protect.masking;

import dev.merapi.tensor.Expect;

/**
 * Personal data in a text, by its place alone: a finding may be logged.
 *
 * @param type such as {@code email}
 * @param start where it begins in the text
 * @param end after its last character
 */
public record Finding(String type, int start, int end) {
    public Finding {
        Expect.that(start >= 0 && end > start, "Finding", "a place of at least one character",
                start + " to " + end);
    }

    boolean overlaps(Finding other) { return start < other.end && other.start < end; }
}
