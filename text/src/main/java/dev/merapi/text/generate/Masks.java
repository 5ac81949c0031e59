package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Collection;

/** Logits (V) with tokens ruled out. */
final class Masks {
    private Masks() {}

    static Tensor without(Tensor logits, long... ids) {
        long[] known = Arrays.stream(ids).filter(id -> id < logits.numel()).toArray();
        if (known.length == 0) return logits;
        return set(logits, known, Double.NEGATIVE_INFINITY);
    }

    /** These alone, all equally likely. */
    static Tensor only(Tensor logits, Collection<Long> ids) {
        long[] known = ids.stream().mapToLong(id -> id).filter(id -> id < logits.numel()).toArray();
        var none = logits.newFull(Double.NEGATIVE_INFINITY, logits.numel());
        return known.length == 0 ? none : set(none, known, 0);
    }

    private static Tensor set(Tensor logits, long[] ids, double value) {
        var there = Tensor.of(ids).to(logits.device());
        return logits.scatter(0, there, logits.newFull(value, ids.length));
    }
}
