package dev.merapi.text.model.seq2seq;

import java.util.Arrays;

/**
 * A text and what is to be made of it, as tokens.
 *
 * @param source with or without tokens that mark its ends, as the tokenizer has it; at least one token
 * @param target without tokens that mark its ends
 */
public record Pair(long[] source, long[] target) {
    public Pair {
        if (source.length == 0) {
            throw new IllegalArgumentException("Pair: expected a source of at least one token. Received none.");
        }
    }

    /** With so many tokens of the source and of the target at most. */
    public Pair cut(int ofSource, int ofTarget) { return new Pair(cut(source, ofSource), cut(target, ofTarget)); }

    private static long[] cut(long[] ids, int tokens) {
        return ids.length <= tokens ? ids : Arrays.copyOf(ids, tokens);
    }
}
