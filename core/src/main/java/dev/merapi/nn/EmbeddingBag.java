package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * The sum, mean or maximum of the vectors of each bag of ids, without the vectors in between. Shapes: ids (B,
 * T) int64, or ids (all) with offsets (B), to y (B, dim).
 */
public final class EmbeddingBag extends Layer implements Unary {
    /** How a bag becomes one vector; an empty bag becomes 0. */
    public enum Mode { SUM, MEAN, MAX }

    final Param weight; // (count, dim)
    private final Mode mode;
    private final int padding;
    private boolean sparse;

    /** Vectors of {@code dim} numbers for ids from 0 to {@code count - 1}; every id counts. */
    public EmbeddingBag(int count, int dim, Mode mode) { this(count, dim, mode, -1); }

    /**
     * @param padding the id that is left out, or -1
     */
    public EmbeddingBag(int count, int dim, Mode mode, int padding) {
        Inputs.paddingId("EmbeddingBag", padding, count);
        this.mode = mode;
        this.padding = padding;
        this.weight = param(Init.normal(0, 1), count, dim);
    }

    /**
     * Makes the gradients of its table sparse, those of the batch's rows alone, and returns this layer. What is used as
     * a last layer too ("tied") has a dense gradient all the same.
     *
     * @throws IllegalArgumentException with {@link Mode#MAX}
     */
    public EmbeddingBag sparse() {
        Expect.that(mode != Mode.MAX, where() + ".sparse", "sums or means", mode);
        sparse = true;
        return this;
    }

    /** Bags of one size: ids (B, T). */
    @Override public Tensor forward(Tensor ids) {
        if (ids.rank() != 2) throw Inputs.wrong(this, "ids of shape (B, T)", ids, "; for one dim, give offsets.");
        Tensor offsets = ids.newArange(0, ids.numel(), Math.max(1, ids.size(1)));
        return forward(ids.flatten(), offsets);
    }

    /** Bags of several sizes: bag b is {@code ids[offsets[b]]} to {@code ids[offsets[b + 1] - 1]}. */
    public Tensor forward(Tensor ids, Tensor offsets) { return forward(ids, offsets, null); }

    /** As {@link #forward(Tensor, Tensor)}, each vector times its weight; with {@link Mode#SUM} only. */
    public Tensor forward(Tensor ids, Tensor offsets, Tensor weights) {
        try {
            return hooked(F.embeddingBag(ids, offsets, weight, mode, weights, padding, sparse), ids, offsets);
        } catch (IllegalArgumentException e) {
            throw Inputs.ids(this, ids, weight.size(0), e);
        }
    }
}
