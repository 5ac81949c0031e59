package dev.merapi.speech.whisper;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.LogitsProcessor;

/**
 * What a Whisper may write next: not the tokens that its makers rule out, and times in pairs that never go back. As
 * transformers' {@code SuppressTokensAtBeginLogitsProcessor}, {@code SuppressTokensLogitsProcessor} and
 * {@code WhisperTimeStampLogitsProcessor}, in this order.
 */
final class TimeRules implements LogitsProcessor {
    private static final double NEVER = Double.NEGATIVE_INFINITY;

    private final WhisperTokens tokens;
    private final boolean times;

    TimeRules(WhisperTokens tokens, boolean times) {
        this.tokens = tokens;
        this.times = times;
    }

    @Override public Tensor process(Written written, Tensor logits) {
        Tensor left = logits.copy();
        long[] text = written.text();
        if (text.length == 0) tokens.beginSuppress().forEach(id -> left.select(0, id).fill_(NEVER));
        tokens.suppress().forEach(id -> left.select(0, id).fill_(NEVER));
        if (!times) return left;
        left.select(0, tokens.noTimestamps()).fill_(NEVER);
        pair(text, left);
        if (text.length == 0) begin(left);
        return likelierTime(left);
    }

    /** A time that ends a segment is followed by one that begins the next, or by the end. */
    private void pair(long[] text, Tensor left) {
        int n = text.length;
        boolean afterTime = n >= 1 && tokens.isTime(text[n - 1]);
        boolean beforeToo = n < 2 || tokens.isTime(text[n - 2]);
        if (afterTime) rule(left, beforeToo ? tokens.zero() : 0, beforeToo ? left.size(0) : tokens.end());
        long latest = -1;
        for (long id : text) if (tokens.isTime(id)) latest = id;
        if (latest < 0) return;
        boolean mayRepeat = afterTime && !beforeToo; // the next segment may begin where this one ends
        rule(left, tokens.zero(), mayRepeat ? latest : latest + 1);
    }

    private void begin(Tensor left) {
        rule(left, 0, tokens.zero());
        if (tokens.latestStart() >= 0) rule(left, tokens.zero() + tokens.latestStart() + 1, left.size(0));
    }

    private static void rule(Tensor left, long from, long to) {
        long end = Math.min(to, left.size(0));
        if (end > from) left.narrow(0, from, end - from).fill_(NEVER);
    }

    /** Where all times together are likelier than any word, a time comes. */
    private Tensor likelierTime(Tensor left) {
        long zero = tokens.zero();
        Tensor likely = left.to(DType.FLOAT32).logSoftmax(0);
        double time = likely.narrow(0, zero, likely.size(0) - zero).logSumExp(new long[] {0}, false).item();
        double word = likely.narrow(0, 0, zero).max().item();
        if (time > word) rule(left, 0, zero);
        return left;
    }
}
