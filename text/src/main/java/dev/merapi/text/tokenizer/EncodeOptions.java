package dev.merapi.text.tokenizer;

/**
 * How texts are cut, padded and marked. Start from {@link #DEFAULT}:
 *
 * <pre>{@code
 * var windows = EncodeOptions.DEFAULT.maxLength(384).cut(EncodeOptions.Cut.ONLY_SECOND).stride(128).padToMax();
 * }</pre>
 *
 * Whatever truncation and padding a {@code tokenizer.json} itself asks for has no effect.
 *
 * @param maxLength most tokens of an encoding, special ones counted; 0 for no limit
 * @param cut which text of a pair loses tokens; with {@link Cut#LONGEST_FIRST} both may, and then each window of one
 *     comes with each of the other, which for long texts is a great many
 * @param cutSide the end at which tokens are lost
 * @param stride tokens that a window repeats of the one before it; windows are in {@link Encoding#overflowing}
 * @param padding up to which length encodings are filled up
 * @param paddingSide the end at which they are
 * @param multipleOf padded lengths are multiples of it
 * @param specialTokens whether those of the model, such as [CLS], are added
 */
public record EncodeOptions(int maxLength, Cut cut, Side cutSide, int stride, Padding padding, Side paddingSide,
        int multipleOf, boolean specialTokens) {
    /** Which text of a pair loses tokens. */
    public enum Cut { LONGEST_FIRST, ONLY_FIRST, ONLY_SECOND }

    /** An end of a text. */
    public enum Side { LEFT, RIGHT }

    /** Length of the padded encodings. */
    public enum Padding { NONE, LONGEST, MAX_LENGTH }

    /** Whole texts with special tokens, not padded; cutting and padding, where asked for, on the right. */
    public static final EncodeOptions DEFAULT = new EncodeOptions(0, Cut.LONGEST_FIRST, Side.RIGHT, 0, Padding.NONE,
            Side.RIGHT, 1, true);

    public EncodeOptions {
        check(maxLength >= 0, "maxLength", "at least 1, or 0 for no limit", maxLength);
        check(stride >= 0 && (stride == 0 || stride < maxLength), "stride", "at least 0 and below maxLength", stride);
        check(multipleOf > 0, "multipleOf", "at least 1", multipleOf);
        check(padding != Padding.MAX_LENGTH || maxLength > 0, "padToMax", "a maxLength set before", maxLength);
    }

    /** Cuts to so many tokens. */
    public EncodeOptions maxLength(int tokens) {
        return new EncodeOptions(tokens, cut, cutSide, stride, padding, paddingSide, multipleOf, specialTokens);
    }

    public EncodeOptions cut(Cut which) {
        return new EncodeOptions(maxLength, which, cutSide, stride, padding, paddingSide, multipleOf, specialTokens);
    }

    public EncodeOptions cutSide(Side side) {
        return new EncodeOptions(maxLength, cut, side, stride, padding, paddingSide, multipleOf, specialTokens);
    }

    public EncodeOptions stride(int tokens) {
        return new EncodeOptions(maxLength, cut, cutSide, tokens, padding, paddingSide, multipleOf, specialTokens);
    }

    /** Pads to the longest of the texts that are encoded together. */
    public EncodeOptions pad() { return padding(Padding.LONGEST); }

    /** Pads to the {@link #maxLength}. */
    public EncodeOptions padToMax() { return padding(Padding.MAX_LENGTH); }

    private EncodeOptions padding(Padding to) {
        return new EncodeOptions(maxLength, cut, cutSide, stride, to, paddingSide, multipleOf, specialTokens);
    }

    /** {@link Side#LEFT} is what generation needs. */
    public EncodeOptions paddingSide(Side side) {
        return new EncodeOptions(maxLength, cut, cutSide, stride, padding, side, multipleOf, specialTokens);
    }

    public EncodeOptions multipleOf(int tokens) {
        return new EncodeOptions(maxLength, cut, cutSide, stride, padding, paddingSide, tokens, specialTokens);
    }

    public EncodeOptions noSpecialTokens() {
        return new EncodeOptions(maxLength, cut, cutSide, stride, padding, paddingSide, multipleOf, false);
    }

    private static void check(boolean holds, String name, String expected, int received) {
        if (holds) return;
        throw new IllegalArgumentException("EncodeOptions." + name + ": expected " + expected + ". Received "
                + received + ".");
    }
}
