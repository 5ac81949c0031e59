package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** Largest values over as many windows as are wanted. Shapes: x (N, C, L) to y (N, C, size). */
public final class AdaptiveMaxPool1d extends Layer implements Unary {
    private final long size;

    /** @param size of the output */
    public AdaptiveMaxPool1d(long size) { this.size = size; }

    @Override public Tensor forward(Tensor x) { return hooked(F.adaptiveMaxPool(Inputs.rank(this, x, 3), size), x); }
}
