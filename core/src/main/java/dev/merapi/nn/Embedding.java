package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** A learned vector for each id. Shapes: ids (…) int64 or int32 to y (…, dim). */
public final class Embedding extends Layer implements Unary {
    final Param weight; // (count, dim)
    private final int padding;

    public Embedding(int count, int dim) { this(count, dim, -1); }

    /**
     * @param padding the id whose vector is 0 and stays so, or -1
     */
    public Embedding(int count, int dim, int padding) {
        Expect.paddingId("Embedding", padding, count);
        this.padding = padding;
        this.weight = param(padding < 0 ? Init.normal(0, 1) : zeroRow(padding), count, dim);
    }

    private static Init zeroRow(int row) {
        return t -> {
            t.normal_(0, 1);
            t.select(0, row).zero_();
            return t;
        };
    }

    /**
     * @throws IllegalArgumentException for an id outside 0 to count - 1
     */
    @Override public Tensor forward(Tensor ids) {
        try {
            return F.embedding(ids, weight, padding);
        } catch (IllegalArgumentException e) {
            throw Expect.ids(this, ids, weight.size(0), e);
        }
    }
}
