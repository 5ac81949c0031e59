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
        return logits.scatter(0, Tensor.of(known), logits.newFull(Float.NEGATIVE_INFINITY, known.length));
    }

    /** These alone, all equally likely. */
    static Tensor only(Tensor logits, Collection<Long> ids) {
        long[] known = ids.stream().mapToLong(id -> id).filter(id -> id < logits.numel()).toArray();
        var none = logits.newFull(Float.NEGATIVE_INFINITY, logits.numel());
        return known.length == 0 ? none : none.scatter(0, Tensor.of(known), logits.newZeros(known.length));
    }
}
