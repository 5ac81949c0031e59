package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** Averages over as many windows as are wanted. Shapes: x (N, C, L) to y (N, C, size). */
public final class AdaptiveAvgPool1d extends Layer implements Unary {
    private final long size;

    /** @param size of the output */
    public AdaptiveAvgPool1d(long size) { this.size = size; }

    @Override public Tensor forward(Tensor x) { return hooked(F.adaptiveAvgPool(Inputs.rank(this, x, 3), size), x); }
}
