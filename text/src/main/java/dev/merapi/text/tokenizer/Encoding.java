package dev.merapi.text.tokenizer;

import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * A text, or a pair of texts, as tokens. All parts but the last have an element for each token.
 *
 * @param ids token ids
 * @param typeIds 0 for the first text and 1 for the second, if the model tells them apart
 * @param attentionMask 1 for tokens, 0 for padding
 * @param specialTokensMask 1 for tokens that were added, padding among them
 * @param tokens the tokens as the vocabulary writes them
 * @param offsets where in the text the token stands; (0, 0) for added tokens
 * @param words the token's word, counted in its text; -1 for added tokens
 * @param sequences 0 for the first text, 1 for the second, -1 for added tokens
 * @param overflowing further windows of a text that was cut, in order; they have none of their own
 */
public record Encoding(long[] ids, long[] typeIds, long[] attentionMask, long[] specialTokensMask, List<String> tokens,
        List<Span> offsets, int[] words, int[] sequences, List<Encoding> overflowing) {
    /** A part of a string, as {@link String#substring(int, int)} takes it. */
    public record Span(int start, int end) {
        static final Span NONE = new Span(0, 0);

        /** This part of {@code text}. */
        public String in(String text) { return text.substring(start, end); }
    }

    /** Number of tokens. */
    public int size() { return ids.length; }

    /**
     * One part of several encodings as an int64 tensor (B, T): {@code Encoding.tensor(batch, Encoding::ids)}.
     *
     * @throws IllegalArgumentException if their lengths differ
     */
    public static Tensor tensor(List<Encoding> batch, Function<Encoding, long[]> part) {
        int length = batch.getFirst().size();
        var rows = new long[batch.size() * length];
        for (int row = 0; row < batch.size(); row++) {
            var values = part.apply(batch.get(row));
            if (values.length != length) {
                throw new IllegalArgumentException("Encoding.tensor: expected encodings of one length. Received "
                        + length + " and " + values.length + " tokens; encode them with EncodeOptions.pad().");
            }
            System.arraycopy(values, 0, rows, row * length, length);
        }
        return Tensor.of(rows, batch.size(), length);
    }
}
