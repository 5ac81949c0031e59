package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Adds fixed positions: sin(t / 10000^(2i / dim)) to element 2i, and its cosine to 2i + 1. Shapes: x (B, T,
 * dim) to the same; dim is even. Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
 */
public final class SinusoidalPositions extends Layer implements Unary {
    @Override public Tensor forward(Tensor x) { return forward(x, 0); }

    /** For x of positions {@code start} to {@code start + T - 1}. */
    public Tensor forward(Tensor x, long start) {
        return forward(x, x.newArange(start, start + x.size(-2), 1));
    }

    /** For x of these positions, int64: (T), or (B, T) where the examples differ. */
    public Tensor forward(Tensor x, Tensor positions) {
        return hooked(x.add(table(positions, x.size(-1)).to(x.dtype())), x);
    }

    /** The positions themselves: (length, dim), float64. */
    public static Tensor table(long length, long dim) { return table(Tensor.arange(length), dim); }

    private static Tensor table(Tensor positions, long dim) {
        Tensor angles = Rotary.angles(positions, dim, 10_000);
        return Tensor.stack(List.of(angles.sin(), angles.cos()), -1).flatten(-2, -1);
    }
}
