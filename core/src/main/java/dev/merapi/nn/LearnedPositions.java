package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** Adds a learned vector for each position. Shapes: x (B, T, dim) with T ≤ length to the same. */
public final class LearnedPositions extends Layer implements Unary {
    final Param weight; // (length, dim)
    private final long length;

    /** Vectors of {@code dim} numbers for positions below {@code length}. */
    public LearnedPositions(long length, long dim) {
        this.length = length;
        this.weight = param(Init.normal(0, 0.02), length, dim); // as GPT-2 and BERT
    }

    @Override public Tensor forward(Tensor x) { return forward(x, 0); }

    /** For x of positions {@code start} to {@code start + T - 1}. */
    public Tensor forward(Tensor x, long start) {
        long steps = x.size(-2);
        if (start + steps > length) {
            throw Inputs.wrong(this, "positions below " + length, x, " from position " + start + ".");
        }
        if (Watches.seesOperations()) return hooked(x.add(ofEach(x, start)), x); // which are whole rows
        return hooked(Watches.operation(weight, x.add(weight.narrow(0, start, steps))), x);
    }

    /** The vectors, (B, T, dim), looked up for each sample. */
    private Tensor ofEach(Tensor x, long start) {
        return F.embedding(Tensor.arange(start, start + x.size(-2), 1).to(x.device())
                .expand(Arrays.copyOf(x.shape(), x.rank() - 1)), weight, -1);
    }
}
