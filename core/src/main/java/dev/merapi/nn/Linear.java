package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * Affine map y = x Wᵀ + b. Shapes: x (…, in) to y (…, out).
 *
 * <p>Throws {@link IllegalArgumentException} for an x whose last dim is not {@code in}.
 */
public final class Linear extends Layer implements MatrixLayer {
    final Param weight; // (out, in), torch's layout
    final Param bias; // (out), or null
    private final int in;

    /** With a bias; weights are drawn evenly from ±1/√in. */
    public Linear(int in, int out) { this(in, out, true); }

    /** With or without a bias; weights are drawn evenly from ±1/√in. */
    public Linear(int in, int out, boolean bias) {
        double bound = 1 / Math.sqrt(in); // as torch.nn.Linear
        this.in = in;
        this.weight = param(Init.uniform(-bound, bound), out, in);
        this.bias = bias ? param(Init.uniform(-bound, bound), out) : null;
    }

    /**
     * On parameters that other layers hold too, such as an embedding's.
     *
     * @param weight (out, in)
     * @param bias (out), or null
     */
    public Linear(Param weight, Param bias) {
        this.in = Math.toIntExact(weight.size(1));
        this.weight = weight;
        this.bias = bias;
    }

    @Override public Tensor matrix() { return weight; }

    @Override public Tensor bias() { return bias; }

    @Override public Tensor forward(Tensor x) {
        if (Hooks.isOn()) Watches.begin(this);
        return hooked(Inputs.at(this, () -> F.linear(Inputs.last(this, x, in), weight, bias)), x);
    }
}
