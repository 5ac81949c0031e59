package dev.merapi.text.model.t5;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/**
 * Sorts distances between tokens into buckets: small ones have each their own, larger ones share them by their
 * logarithm. Raffel et al. 2020, arXiv:1910.10683, section 2.1.
 *
 * @param both whether keys may stand behind the query too; each side has half of the buckets then
 */
record Distances(int buckets, int max, boolean both) {
    /**
     * Buckets (T, S), int64, for queries at {@code start} to {@code start + T - 1} and keys from 0.
     *
     * @param like lies where they are to lie
     */
    Tensor of(long start, long queries, long keys, Tensor like) {
        Tensor ahead = like.newArange(keys).unsqueeze(0)
                .sub(like.newArange(start, start + queries, 1).unsqueeze(1)); // (T, S)
        if (!both) return bucket(ahead.neg().clamp(0, null), buckets);
        int half = buckets / 2;
        return bucket(ahead.abs(), half).add(ahead.gt(0).to(DType.INT64).mul(half));
    }

    /** In float32, in transformers' order of operations: distances on a border fall where they fall there. */
    private Tensor bucket(Tensor distance, int count) {
        int exact = count / 2;
        Tensor share = distance.clamp(1, null).to(DType.FLOAT32).div(exact).log()
                .div(Math.log((double) max / exact)).mul(count - exact);
        Tensor far = share.to(DType.INT64).add(exact).clamp(null, count - 1);
        return distance.lt(exact).where(distance, far);
    }
}
