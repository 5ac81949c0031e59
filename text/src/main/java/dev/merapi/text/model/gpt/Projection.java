package dev.merapi.text.model.gpt;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.ParamLimit;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * y = x W + b. Shapes: x (…, in) to y (…, out). GPT-2's files keep this transposed weight; in memory it lies as a
 * {@link dev.merapi.nn.Linear}'s, which the kernels for a few vectors read faster.
 */
public final class Projection extends Layer implements MatrixLayer {
    final Param weight; // (in, out)
    final Param bias; // (out)

    Projection(int in, int out, double deviation) {
        ParamLimit.take(out, in);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            weight = new Param(Tensor.empty(out, in).normal_(0, deviation).mT());
            bias = new Param(Tensor.zeros(out));
        }
    }

    /**
     * On parameters as they are.
     *
     * @param weight (in, out)
     * @param bias (out)
     */
    public Projection(Param weight, Param bias) {
        this.weight = weight;
        this.bias = bias;
    }

    @Override public Tensor matrix() { return weight.mT(); }

    @Override public Tensor bias() { return bias; }

    @Override public Tensor forward(Tensor x) { return hooked(F.linear(x, weight.mT(), bias), x); }
}
