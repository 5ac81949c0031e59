package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Changes the logits of the next token. Those here are Hugging Face's and work on one sequence.
 *
 * <pre>{@code
 * var noDigits = (LogitsProcessor) (written, logits) -> logits.maskedFill(digits, Double.NEGATIVE_INFINITY);
 * generator.with(noDigits).generate("One, two, three", Generation.DEFAULT);
 * }</pre>
 */
@FunctionalInterface
public interface LogitsProcessor {
    /** Changes nothing. */
    LogitsProcessor NONE = (_, logits) -> logits;

    /** Rules for texts that must come to their end in time. */
    @FunctionalInterface
    interface Bounded {
        /** No rules. */
        Bounded NONE = (_, _) -> LogitsProcessor.NONE;

        /**
         * The rules for a text.
         *
         * @param ends tokens that end it
         * @param maxTokens most tokens that it may have, with the one that ends it
         * @throws IllegalArgumentException if it cannot come to an end within so many
         */
        LogitsProcessor within(Set<Long> ends, int maxTokens);
    }

    /** What stands before the next token. The prompt of a translator is the token that begins its texts. */
    record Written(long[] prompt, long[] text) {
        /** Prompt and text. */
        long[] ids() { return LongStream.concat(Arrays.stream(prompt), Arrays.stream(text)).toArray(); }
    }

    /**
     * New logits; those that came are left as they are.
     *
     * @param logits (V), float32, on the model's device; minus infinity rules a token out
     */
    Tensor process(Written written, Tensor logits);

    /** This, and then another. */
    default LogitsProcessor then(LogitsProcessor next) {
        if (this == NONE) return next;
        if (next == NONE) return this;
        return (written, logits) -> next.process(written, process(written, logits));
    }

    /** The penalties that options ask for, in Hugging Face's order; how tokens are drawn is {@link TokenSampler}'s. */
    static LogitsProcessor of(Generation options) {
        LogitsProcessor all = NONE;
        if (options.repetitionPenalty() != 1) all = all.then(repetition(options.repetitionPenalty()));
        if (options.frequencyPenalty() != 0 || options.presencePenalty() != 0) {
            all = all.then(frequency(options.frequencyPenalty(), options.presencePenalty()));
        }
        return options.noRepeatNgram() > 0 ? all.then(noRepeat(options.noRepeatNgram())) : all;
    }

    /** Divides the positive logits of tokens in prompt and text, and multiplies the negative ones. */
    static LogitsProcessor repetition(double penalty) {
        return (written, logits) -> {
            if (written.ids().length == 0) return logits;
            var ids = Tensor.of(written.ids()).to(logits.device());
            var old = logits.gather(0, ids);
            return logits.scatter(0, ids, old.lt(0).where(old.mul(penalty), old.div(penalty)));
        };
    }

    /** Takes {@code frequency} from a logit for each time that its token was written, and {@code presence} once. */
    static LogitsProcessor frequency(double frequency, double presence) {
        return (written, logits) -> {
            if (written.text().length == 0) return logits;
            var counts = Tensor.of(written.text()).to(logits.device()).bincount(logits.numel());
            return logits.sub(counts.mul(frequency)).sub(counts.gt(0).mul(presence));
        };
    }

    /** Rules out what would end a sequence of {@code size} tokens that stands in prompt and text already. */
    static LogitsProcessor noRepeat(int size) {
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
}
