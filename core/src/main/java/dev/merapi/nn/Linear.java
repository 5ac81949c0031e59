package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * Affine map y = x Wᵀ + b. Shapes: x (…, in) to y (…, out).
 *
 * <p>Throws {@link IllegalArgumentException} for an x whose last dim is not {@code in}.
 */
public final class Linear extends Layer implements Unary {
    final Param weight; // (out, in), torch's layout
    final Param bias; // (out), or null
    private final int in;

    public Linear(int in, int out) { this(in, out, true); }

    public Linear(int in, int out, boolean bias) {
        double bound = 1 / Math.sqrt(in); // as torch.nn.Linear
        this.in = in;
        this.weight = param(Init.uniform(-bound, bound), out, in);
        this.bias = bias ? param(Init.uniform(-bound, bound), out) : null;
    }

    @Override public Tensor forward(Tensor x) {
        return Expect.at(this, () -> F.linear(Expect.last(this, x, in), weight, bias));
    }
}
