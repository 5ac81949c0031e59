package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * A learned vector for each id. Shapes: ids (…) int64 or int32 to y (…, dim).
 *
 * <p>Of a large table, a batch needs a few rows. With a sparse gradient, memory and time of a step follow from these,
 * not from the table:
 *
 * <pre>{@code
 * var items = new Embedding(10_000_000, 16).sparse();
 * var adam = new Adam(items, 1e-3); // changes the rows of the batch alone
 * }</pre>
 *
 * {@link dev.merapi.optim.Adam}, AdamW, Adagrad and Sgd take sparse gradients.
 */
public final class Embedding extends Layer implements Unary {
    final Param weight; // (count, dim)
    private final int padding;
    private boolean sparse;

    /**
     * Vectors of {@code dim} numbers for ids from 0 to {@code count - 1}, drawn from a standard normal distribution.
     */
    public Embedding(int count, int dim) { this(count, dim, -1); }

    /**
     * @param padding the id whose vector is 0 and stays so, or -1
     */
    public Embedding(int count, int dim, int padding) {
        Inputs.paddingId("Embedding", padding, count);
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
     * Makes the gradients of its table sparse, those of the batch's rows alone, and returns this layer. What is used as
     * a last layer too ("tied") has a dense gradient all the same.
     */
    public Embedding sparse() {
        sparse = true;
        return this;
    }

    /** The id whose vector is 0, or -1. */
    public int padding() { return padding; }

    /**
     * @throws IllegalArgumentException for an id outside 0 to count - 1
     */
    @Override public Tensor forward(Tensor ids) {
        try {
            return hooked(F.embedding(ids, weight, padding, sparse), ids);
        } catch (IllegalArgumentException e) {
            throw Inputs.ids(this, ids, weight.size(0), e);
        }
    }
}
