package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * Scales each example to a root mean square of 1: y = x / √(mean(x²) + eps) · weight over the last axis.
 * Shapes: x (…, dim) to the same. Zhang and Sennrich 2019, arXiv:1910.07467.
 */
public final class RmsNorm extends Layer implements Unary {
    final Param weight; // (dim)
    private final long dim;
    private final double eps;

    /** With eps 1e-6. */
    public RmsNorm(long dim) { this(dim, 1e-6); }

    /** @param eps added to the mean of the squares */
    public RmsNorm(long dim, double eps) {
        this.dim = dim;
        this.eps = eps;
        this.weight = param(Init.ones(), dim);
    }

    /** What is added to the mean of the squares. */
    public double eps() { return eps; }

    @Override public Tensor forward(Tensor x) {
        return hooked(F.rmsNorm(Inputs.last(this, x, dim), dim, weight, eps), x);
    }
}
