package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Chooses the next token of all rows at once, where the logits are: each row by options and a random number of its own,
 * so that a token does not depend on its neighbours.
 *
 * <pre>{@code
 * Tensor ids = TokenSampler.next(decoding.logits(), List.of(greedy, drawn), 0, random.nextDouble());
 * }</pre>
 *
 * <p>B rows, V vocabulary.
 */
public final class TokenSampler {
    private static final double LEAST_TEMPERATURE = 1e-30; // logits by less are no float32, and it is as good as 0
    private static final long USUAL_NUCLEUS = 256; // tokens that mostly suffice: a CPU need not sort all

    private TokenSampler() {}

    /**
     * The next tokens (B), int64: the likeliest at temperature 0, else one drawn by {@code temperature}, {@code topK},
     * {@code topP} and {@code minP}. Penalties are for a {@link LogitsProcessor} before.
     *
     * @param logits (B, V), float32
     * @param options of each row
     * @param uniform of each row, from 0 to below 1; not looked at where the temperature is 0
     */
    public static Tensor next(Tensor logits, List<Generation> options, double... uniform) {
        check(logits, options, uniform);
        Predicate<Generation> isGreedy = row -> row.temperature() == 0;
        if (options.stream().allMatch(isGreedy)) return logits.argmax(1);
        Tensor drawn = draw(warp(logits, options).softmax(1), uniform);
        if (options.stream().noneMatch(isGreedy)) return drawn;
        return rows(logits, options, isGreedy).squeeze(1).where(logits.argmax(1), drawn);
    }

    private static void check(Tensor logits, List<Generation> options, double[] uniform) {
        if (logits.rank() != 2 || logits.size(0) != options.size() || options.size() != uniform.length) {
            throw new IllegalArgumentException("TokenSampler: expected logits (B, V), with options and a number for"
                    + " each row. Received " + logits.describe() + ", " + options.size() + " options and "
                    + uniform.length + " numbers.");
        }
        if (Arrays.stream(uniform).allMatch(number -> number >= 0 && number < 1)) return;
        throw new IllegalArgumentException("TokenSampler: expected numbers from 0 to below 1. Received "
                + Arrays.toString(uniform) + ".");
    }

    /** By the cumulative distribution: the first token where the sum exceeds a share of the whole. */
    private static Tensor draw(Tensor probabilities, double[] uniform) {
        Tensor sums = probabilities.to(DType.FLOAT64).cumsum(1);
        Tensor whole = sums.narrow(1, sums.size(1) - 1, 1);
        Tensor share = whole.mul(Tensor.of(uniform, uniform.length, 1).to(sums.device()));
        return Tensor.call("searchsorted", "Tensor", sums, share, false, true, null, null).squeeze(1);
    }

    /** Logits (B, V) as their rows' options temper them and rule tokens out, in Hugging Face's order. */
    static Tensor warp(Tensor logits, List<Generation> options) {
        Tensor x = logits;
        ToDoubleFunction<Generation> temperature = row -> row.temperature() == 0 ? 1
                : Math.max(LEAST_TEMPERATURE, row.temperature());
        if (any(options, row -> temperature.applyAsDouble(row) != 1)) x = x.div(column(x, options, temperature));
        if (any(options, row -> row.topK() > 0)) x = topK(x, options);
        if (any(options, row -> row.topP() < 1)) x = topP(x, options);
        return any(options, row -> row.minP() > 0) ? minP(x, options) : x;
    }

    /** Keeps the highest logits, and those equal to the last of them. */
    private static Tensor topK(Tensor logits, List<Generation> options) {
        long vocabulary = logits.size(1);
        long most = options.stream().mapToLong(row -> Math.min(row.topK(), vocabulary)).max().orElseThrow();
        long[] last = options.stream().mapToLong(row -> Math.clamp(row.topK() - 1L, 0, most - 1)).toArray();
        Tensor least = logits.topk(most, 1).values().gather(1, Tensor.of(last, last.length, 1).to(logits.device()));
        Tensor all = rows(logits, options, row -> row.topK() == 0);
        return keep(logits, logits.ge(least.maskedFill(all, Double.NEGATIVE_INFINITY)));
    }

    /** Keeps the likeliest tokens, as few as have together the probability. */
    private static Tensor topP(Tensor logits, List<Generation> options) {
        Tensor probabilities = logits.softmax(1);
        Tensor wanted = column(logits, options, Generation::topP);
        Tensor all = rows(logits, options, row -> row.topP() == 1);
        long vocabulary = logits.size(1);
        // Of a device one would have to ask, and wait, whether as many tokens suffice.
        long few = logits.device().equals(Device.CPU) ? USUAL_NUCLEUS : vocabulary;
        for (long count = Math.min(few, vocabulary); ; count = Math.min(8 * count, vocabulary)) {
            var top = probabilities.topk(count, 1);
            Tensor kept = top.values().cumsum(1).sub(top.values()).lt(wanted);
            boolean enough = count == vocabulary || !kept.narrow(1, count - 1, 1).and(all.not()).any().itemBoolean();
            if (!enough) continue;
            Tensor none = logits.emptyLike().fill_(Double.NEGATIVE_INFINITY);
            Tensor nucleus = none.scatter(1, top.indices(), keep(logits.gather(1, top.indices()), kept));
            return all.where(logits, nucleus);
        }
    }

    /** Keeps tokens that are at least so many times as probable as the likeliest. */
    private static Tensor minP(Tensor logits, List<Generation> options) {
        Tensor least = logits.amax(new long[] {1}, true).add(column(logits, options, row -> Math.log(row.minP())));
        return keep(logits, logits.ge(least));
    }

    private static Tensor keep(Tensor logits, Tensor kept) {
        return logits.maskedFill(kept.not(), Double.NEGATIVE_INFINITY);
    }

    private static boolean any(List<Generation> options, Predicate<Generation> which) {
        return options.stream().anyMatch(which);
    }

    /** A number of each row (B, 1), as the logits. */
    private static Tensor column(Tensor logits, List<Generation> options, ToDoubleFunction<Generation> of) {
        double[] values = options.stream().mapToDouble(of).toArray();
        return Tensor.of(values, values.length, 1).to(logits.dtype()).to(logits.device());
    }

    /** Which rows are such (B, 1), bool. */
    private static Tensor rows(Tensor logits, List<Generation> options, Predicate<Generation> which) {
        return column(logits, options, row -> which.test(row) ? 1 : 0).gt(0);
    }
}
