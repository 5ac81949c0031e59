package dev.merapi.text.tokenizer;

import dev.merapi.tensor.Expect;

/**
 * How texts are cut, padded and marked. Start from {@link #DEFAULT}:
 *
 * <pre>{@code
 * var windows = EncodeOptions.DEFAULT.maxLength(384).truncation(EncodeOptions.Truncation.ONLY_SECOND).stride(128)
 *         .padToMax();
 * }</pre>
 *
 * Whatever truncation and padding a {@code tokenizer.json} itself asks for has no effect.
 *
 * @param maxLength most tokens of an encoding, special ones counted; 0 for no limit
 * @param truncation which text of a pair loses tokens; with {@link Truncation#LONGEST_FIRST} both may, and then each
 *     window of one comes with each of the other, which for long texts is a great many
 * @param truncationSide the end at which tokens are lost
 * @param stride tokens that a window repeats of the one before it; windows are in {@link Encoding#overflowing}
 * @param padding up to which length encodings are filled up
 * @param paddingSide the end at which they are
 * @param padToMultipleOf padded lengths are multiples of it
 * @param specialTokens whether those of the model, such as [CLS], are added
 */
public record EncodeOptions(int maxLength, Truncation truncation, Side truncationSide, int stride, Padding padding,
        Side paddingSide, int padToMultipleOf, boolean specialTokens) {
    /** Which text of a pair loses tokens. */
    public enum Truncation { LONGEST_FIRST, ONLY_FIRST, ONLY_SECOND }

    /** An end of a text. */
    public enum Side { LEFT, RIGHT }

    /** Length of the padded encodings. */
    public enum Padding { NONE, LONGEST, MAX_LENGTH }

    /** Whole texts with special tokens, not padded; cutting and padding, where asked for, on the right. */
    public static final EncodeOptions DEFAULT = new EncodeOptions(0, Truncation.LONGEST_FIRST, Side.RIGHT, 0,
            Padding.NONE, Side.RIGHT, 1, true);

    public EncodeOptions {
        Expect.that(maxLength >= 0, "EncodeOptions.maxLength", "at least 1, or 0 for no limit", maxLength);
        Expect.that(stride >= 0 && (stride == 0 || stride < maxLength), "EncodeOptions.stride",
                "at least 0 and below maxLength", stride);
        Expect.atLeast("EncodeOptions.padToMultipleOf", 1, padToMultipleOf);
        Expect.that(padding != Padding.MAX_LENGTH || maxLength > 0, "EncodeOptions.padToMax", "a maxLength set before",
                maxLength);
    }

    /** Cuts to so many tokens. */
    public EncodeOptions maxLength(int tokens) {
        return new EncodeOptions(tokens, truncation, truncationSide, stride, padding, paddingSide, padToMultipleOf,
                specialTokens);
    }

    /** The same that cuts another text of a pair. */
    public EncodeOptions truncation(Truncation which) {
        return new EncodeOptions(maxLength, which, truncationSide, stride, padding, paddingSide, padToMultipleOf,
                specialTokens);
    }

    /** The same that cuts at another end. */
    public EncodeOptions truncationSide(Side side) {
        return new EncodeOptions(maxLength, truncation, side, stride, padding, paddingSide, padToMultipleOf,
                specialTokens);
    }

    /** The same whose windows repeat so many tokens of the one before; below {@link #maxLength}. */
    public EncodeOptions stride(int tokens) {
        return new EncodeOptions(maxLength, truncation, truncationSide, tokens, padding, paddingSide, padToMultipleOf,
                specialTokens);
    }

    /** Pads to the longest of the texts that are encoded together. */
    public EncodeOptions pad() { return padding(Padding.LONGEST); }

    /** Pads to the {@link #maxLength}. */
    public EncodeOptions padToMax() { return padding(Padding.MAX_LENGTH); }

    private EncodeOptions padding(Padding to) {
        return new EncodeOptions(maxLength, truncation, truncationSide, stride, to, paddingSide, padToMultipleOf,
                specialTokens);
    }

    /** {@link Side#LEFT} is what generation needs. */
    public EncodeOptions paddingSide(Side side) {
        return new EncodeOptions(maxLength, truncation, truncationSide, stride, padding, side, padToMultipleOf,
                specialTokens);
    }

    /** The same whose padded lengths are multiples of so many tokens, from 1. */
    public EncodeOptions padToMultipleOf(int tokens) {
        return new EncodeOptions(maxLength, truncation, truncationSide, stride, padding, paddingSide, tokens,
                specialTokens);
    }

    /** The same that adds no special tokens. */
    public EncodeOptions noSpecialTokens() {
        return new EncodeOptions(maxLength, truncation, truncationSide, stride, padding, paddingSide, padToMultipleOf,
                false);
    }
}
