package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * x where positive, else weight · x with a learned weight. Shapes: x (N, …), or (N, channels, …), to the
 * same. He et al. 2015, arXiv:1502.01852.
 */
public final class PRelu extends Layer implements Unary {
    final Param weight; // (1) or (channels)

    /** One weight for all, 0.25 at first. */
    public PRelu() { this(1); }

    /** One weight for each channel. */
    public PRelu(int channels) { this.weight = param(Init.constant(0.25), channels); }

    @Override public Tensor forward(Tensor x) { return hooked(F.prelu(x, weight), x); }
}
