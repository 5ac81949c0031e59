package dev.merapi.text.model.bert;

import java.util.Arrays;

/**
 * One text to learn from, as tokens.
 *
 * @param ids of the tokens
 * @param typeIds of the segment that each token is in; null where all are 0
 * @param labels one for each token, or some for the whole text; -100 where there is nothing to learn
 */
public record Example(long[] ids, long[] typeIds, long[] labels) {
    public Example {
        if (typeIds != null && typeIds.length != ids.length) {
            throw new IllegalArgumentException("Example: expected a type for each of " + ids.length + " ids. Received "
                    + typeIds.length);
        }
    }

    /** A text of one class. */
    public static Example of(long[] ids, int label) { return new Example(ids, null, new long[] {label}); }

    /** A text without labels yet, for {@link Masking}. */
    public static Example of(long[] ids) {
        var none = new long[ids.length];
        Arrays.fill(none, LabeledTokens.NONE);
        return new Example(ids, null, none);
    }
}
