package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** y_k = aᵀ W_k b + bias_k. Shapes: a (…, inA), b (…, inB) to y (…, out). */
public final class Bilinear extends Layer {
    final Param weight; // (out, inA, inB)
    final Param bias; // (out), or null
    private final int inA;
    private final int inB;

    /** With a bias. */
    public Bilinear(int inA, int inB, int out) { this(inA, inB, out, true); }

    /** With or without a bias; weights are drawn evenly from ±1/√inA. */
    public Bilinear(int inA, int inB, int out, boolean bias) {
        double bound = 1 / Math.sqrt(inA); // as torch.nn.Bilinear
        this.inA = inA;
        this.inB = inB;
        this.weight = param(Init.uniform(-bound, bound), out, inA, inB);
        this.bias = bias ? param(Init.uniform(-bound, bound), out) : null;
    }

    /** a (…, inA) and b (…, inB) to y (…, out). */
    public Tensor forward(Tensor a, Tensor b) {
        return hooked(F.bilinear(Inputs.last(this, a, inA), Inputs.last(this, b, inB), weight, bias), a, b);
    }
}
