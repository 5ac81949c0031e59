package dev.merapi.parallel;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * A rank's part of a linear layer: some of its outputs, from x (…, in), the same on all ranks, to (…, out / ranks); or
 * some of its inputs, from x (…, in / ranks) to (…, out), the same on all ranks.
 */
final class DividedLinear extends Layer implements Unary {
    final Param weight; // (out / ranks, in), or (out, in / ranks)
    final Param bias; // (out / ranks), or (out), whole; null for none
    private final transient ProcessGroup group;
    private final boolean byInputs;

    DividedLinear(String path, Linear whole, boolean byInputs, ProcessGroup group) {
        var params = whole.params();
        var bias = params.get("bias");
        this.weight = TensorParallel.part(path, params.get("weight"), byInputs ? 1 : 0, group);
        this.bias = bias == null ? null : byInputs ? new Param(bias.detach().copy())
                : TensorParallel.part(path, bias, 0, group);
        this.group = group;
        this.byInputs = byInputs;
    }

    /** The dimension along which the ranks have parts of a parameter of this layer; -1: it is whole. */
    int along(Param param) { return !byInputs ? 0 : param == weight ? 1 : -1; }

    @Override public Tensor forward(Tensor x) {
        if (!byInputs) return hooked(F.linear(Summing.inBackward(x, group), weight, bias), x);
        Tensor sum = Summing.inForward(F.linear(x, weight, null), group);
        return hooked(bias == null ? sum : sum.add(bias), x);
    }
}
