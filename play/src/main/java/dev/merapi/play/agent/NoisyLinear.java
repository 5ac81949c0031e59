package dev.merapi.play.agent;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * An affine map with noise on its weights, whose size is learned, so that an agent explores as long as it pays
 * (Fortunato et al. 2018, arXiv:1706.10295): y = x (W + σ ∘ ε)ᵀ + b + σᵇ ∘ εᵇ with factorised noise, drawn anew for
 * each batch. In evaluation there is no noise. Shapes: x (N, in) to y (N, out).
 */
public final class NoisyLinear extends Layer implements Unary {
    private static final double SIGMA = 0.5; // the paper's σ₀

    final Param weight, weightSigma; // (out, in)
    final Param bias, biasSigma; // (out)
    private final int in, out;

    /** Of as many inputs and outputs. */
    public NoisyLinear(int in, int out) {
        this.in = in;
        this.out = out;
        double bound = 1 / Math.sqrt(in);
        weight = param(Init.uniform(-bound, bound), out, in);
        bias = param(Init.uniform(-bound, bound), out);
        weightSigma = param(Init.constant(SIGMA * bound), out, in);
        biasSigma = param(Init.constant(SIGMA * bound), out);
    }

    @Override public Tensor forward(Tensor x) {
        if (!isTraining()) return hooked(F.linear(x, weight, bias), x);
        var ofOut = noise(out);
        var w = weight.add(weightSigma.mul(ofOut.outer(noise(in))));
        return hooked(F.linear(x, w, bias.add(biasSigma.mul(ofOut))), x);
    }

    /** f(ε) = sgn(ε) √|ε| */
    private Tensor noise(int size) {
        var e = Tensor.randn(size).to(weight.device());
        return e.sign().mul(e.abs().sqrt());
    }
}
