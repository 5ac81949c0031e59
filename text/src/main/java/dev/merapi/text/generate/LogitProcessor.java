package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Changes the logits of the next token. Those here are Hugging Face's and work on one sequence.
 *
 * <pre>{@code
 * var noDigits = (LogitProcessor) (written, logits) -> logits.maskedFill(digits, Double.NEGATIVE_INFINITY);
 * generator.with(noDigits).generate("One, two, three", Generation.DEFAULT);
 * }</pre>
 */
@FunctionalInterface
public interface LogitProcessor {
    /** What stands before the next token. The prompt of a translator is the token that
     * begins its texts. */
    record Written(long[] prompt, long[] text) {
        /** Prompt and text. */
        long[] ids() { return LongStream.concat(Arrays.stream(prompt), Arrays.stream(text)).toArray(); }
    }

    /**
     * New logits; those that came are left as they are.
     *
     * @param logits (V), float32, on the CPU; minus infinity rules a token out
     */
    Tensor process(Written written, Tensor logits);

    default LogitProcessor then(LogitProcessor next) {
        return (written, logits) -> next.process(written, process(written, logits));
    }

    /** What options ask for, in Hugging Face's order; for a beam search or greedy choice the penalties alone. */
    static LogitProcessor of(Generation options) {
        LogitProcessor all = (_, logits) -> logits;
        if (options.repetitionPenalty() != 1) all = all.then(repetition(options.repetitionPenalty()));
        if (options.frequencyPenalty() != 0 || options.presencePenalty() != 0) {
            all = all.then(frequency(options.frequencyPenalty(), options.presencePenalty()));
        }
        if (options.noRepeatNgram() > 0) all = all.then(noRepeat(options.noRepeatNgram()));
        if (options.temperature() == 0) return all;
        if (options.temperature() != 1) all = all.then((_, logits) -> logits.div(options.temperature()));
        if (options.topK() > 0) all = all.then(topK(options.topK()));
        if (options.topP() < 1) all = all.then(topP(options.topP()));
        return options.minP() > 0 ? all.then(minP(options.minP())) : all;
    }

    /** Divides the positive logits of tokens in prompt and text, and multiplies the negative ones. */
    static LogitProcessor repetition(double penalty) {
        return (written, logits) -> {
            if (written.ids().length == 0) return logits;
            var ids = Tensor.of(written.ids());
            var old = logits.gather(0, ids);
            return logits.scatter(0, ids, old.lt(0).where(old.mul(penalty), old.div(penalty)));
        };
    }

    /** Takes {@code frequency} from a logit for each time that its token was written, and {@code presence} once. */
    static LogitProcessor frequency(double frequency, double presence) {
        return (written, logits) -> {
            if (written.text().length == 0) return logits;
            var counts = Tensor.of(written.text()).bincount(logits.numel());
            return logits.sub(counts.mul(frequency)).sub(counts.gt(0).mul(presence));
        };
    }

    /** Rules out what would end a sequence of {@code size} tokens that stands in prompt and text already. */
    static LogitProcessor noRepeat(int size) {
        return (written, logits) -> {
            long[] ids = written.ids();
            int last = ids.length - size + 1; // where the sequence begins that the next token ends
            if (last < 0) return logits;
            long[] banned = IntStream.range(0, last)
                    .filter(i -> Arrays.equals(ids, i, i + size - 1, ids, last, ids.length))
                    .mapToLong(i -> ids[i + size - 1]).toArray();
            return Masks.without(logits, banned);
        };
    }

    /** Keeps the {@code k} highest logits, and those equal to the last of them. */
    static LogitProcessor topK(int k) {
        return (_, logits) -> keep(logits, logits.ge(logits.topk(Math.min(k, logits.numel()), 0).values().amin(0)));
    }

    /** Keeps the likeliest tokens, as few as have together the probability {@code p}. */
    static LogitProcessor topP(double p) {
        return (_, logits) -> {
            var probabilities = logits.softmax(0);
            // Mostly few tokens suffice: all are sorted only where the probability is spread over very many.
            for (long count = Math.min(256, logits.numel()); ; count = Math.min(8 * count, logits.numel())) {
                var top = probabilities.topk(count, 0);
                var before = top.values().cumsum(0).sub(top.values());
                long kept = before.lt(p).sum().itemLong();
                if (kept == count && count < logits.numel()) continue;
                var indices = top.indices().narrow(0, 0, kept);
                return excludeAllBut(logits, indices);
            }
        };
    }

    /** Keeps tokens that are at least {@code p} times as probable as the likeliest. */
    static LogitProcessor minP(double p) {
        return (_, logits) -> keep(logits, logits.ge(logits.max().add(Math.log(p))));
    }

    private static Tensor keep(Tensor logits, Tensor kept) {
        return logits.maskedFill(kept.not(), Double.NEGATIVE_INFINITY);
    }

    private static Tensor excludeAllBut(Tensor logits, Tensor ids) {
        var none = logits.newFull(Float.NEGATIVE_INFINITY, logits.numel());
        return none.scatter(0, ids, logits.gather(0, ids));
    }
}
