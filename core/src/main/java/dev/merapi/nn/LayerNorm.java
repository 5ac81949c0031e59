package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;

/**
 * Normalises each example over its last axes: y = (x - mean) / √(var + eps) · weight + bias. Shapes: x (…,
 * shape) to the same. Ba et al. 2016, arXiv:1607.06450.
 */
public final class LayerNorm extends Layer implements Unary {
    final Param weight; // (shape), or null
    final Param bias; // (shape), or null
    private final long[] shape;
    private final double eps;

    /** Over the last axis, with weight and bias and eps 1e-5. */
    public LayerNorm(long dim) { this(dim, 1e-5); }

    /** Over the last axis, with weight and bias. */
    public LayerNorm(long dim, double eps) { this(new long[] {dim}, eps, true); }

    /**
     * @param shape of the axes normalised over
     * @param affine whether there are a weight and a bias
     */
    public LayerNorm(long[] shape, double eps, boolean affine) {
        Expect.that(shape.length > 0, "LayerNorm", "a shape of at least one axis", Shapes.toString(shape));
        this.shape = shape.clone();
        this.eps = eps;
        this.weight = affine ? param(Init.ones(), shape) : null;
        this.bias = affine ? param(Init.zeros(), shape) : null;
    }

    /** What is added to the variance. */
    public double eps() { return eps; }

    @Override public Tensor forward(Tensor x) {
        return hooked(F.layerNorm(Inputs.last(this, x, shape), shape, weight, bias, eps), x);
    }
}
