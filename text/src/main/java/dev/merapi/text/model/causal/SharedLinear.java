package dev.merapi.text.model.causal;

import dev.merapi.io.LazyTensor;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * A share of a linear layer, without gradients: some of its outputs, from x (…, in) to (…, out / parts); or some of
 * its inputs, from x (…, in / parts) to (…, out), which the parts add up. Shoeybi et al. 2019, arXiv:1909.08053.
 */
final class SharedLinear extends Layer implements Unary {
    final Param weight; // (out / parts, in), or (out, in / parts)
    final Param bias; // (out / parts), or (out), whole; null for none
    private final boolean byInputs;
    private final Share share;

    private SharedLinear(Param weight, Param bias, boolean byInputs, Share share) {
        this.weight = weight;
        this.bias = bias;
        this.byInputs = byInputs;
        this.share = share;
    }

    /**
     * One for a layer whose values are still to be read.
     *
     * @throws IllegalArgumentException for another layer than {@link Linear}, and one that cannot be divided so
     */
    static SharedLinear of(String path, Layer whole, boolean byInputs, Share share) {
        Expect.that(whole instanceof Linear, "parts", "a Linear layer at " + path, whole.getClass().getSimpleName()
                + "; divide a model of such by its blocks alone, such as stages=2");
        var weight = whole.params().get("weight");
        var bias = whole.params().get("bias");
        int along = byInputs ? 1 : 0;
        Expect.that(weight.size(along) % share.of() == 0, "parts", "a number that divides the " + weight.size(along)
                + (byInputs ? " inputs of " : " outputs of ") + path, share.of());
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new SharedLinear(new Param(share.of(weight.detach(), along).copy()), bias == null ? null
                    : new Param((byInputs ? bias.detach() : share.of(bias.detach(), 0)).copy()), byInputs, share);
        }
    }

    /** What is read of the whole layer's tensor. */
    LazyTensor part(String name, LazyTensor whole) {
        if (byInputs && name.equals("bias")) return whole;
        int along = byInputs ? 1 : 0;
        long[] shape = whole.shape().clone();
        shape[along] /= share.of();
        return new LazyTensor(whole.dtype(), shape, () -> share.of(whole.values().get(), along));
    }

    @Override public Tensor forward(Tensor x) {
        if (!byInputs) return F.linear(x, weight, bias);
        Tensor sum = StageParts.NOW.get().sum(F.linear(x, weight, null));
        return bias == null ? sum : sum.add(bias);
    }
}
