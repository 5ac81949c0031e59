package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * Affine map y = x Wᵀ + b. Shapes: x (…, in) to y (…, out).
 *
 * <p>Throws {@link IllegalArgumentException} for an x whose last dim is not {@code in}.
 */
public final class Linear extends Layer implements Unary, Tileable {
    final Param weight; // (out, in), torch's layout
    final Param bias; // (out), or null
    private final int in;
    private TiledWeight tiles; // or null

    public Linear(int in, int out) { this(in, out, true); }

    public Linear(int in, int out, boolean bias) {
        double bound = 1 / Math.sqrt(in); // as torch.nn.Linear
        this.in = in;
        this.weight = param(Init.uniform(-bound, bound), out, in);
        this.bias = bias ? param(Init.uniform(-bound, bound), out) : null;
    }

    /**
     * With parameters that another layer may use too, such as an embedding's table.
     *
     * @param weight (out, in)
     * @param bias (out), or null
     */
    public Linear(Param weight, Param bias) {
        this.in = (int) weight.size(1);
        this.weight = weight;
        this.bias = bias;
    }

    @Override public Tensor forward(Tensor x) {
        Expect.last(this, x, in);
        return tiles != null && tiles.suits(x) ? tiles.linear(x) : F.linear(x, weight, bias);
    }

    @Override public void tile(boolean on) {
        closing();
        tiles = on ? new TiledWeight(weight, bias, false) : null;
    }

    @Override protected void closing() {
        if (tiles != null) tiles.close();
    }
}
