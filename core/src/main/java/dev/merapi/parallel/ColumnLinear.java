package dev.merapi.parallel;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** A rank's outputs of a linear layer. Shapes: x (…, in), the same on all ranks, to (…, out / ranks). */
final class ColumnLinear extends Layer implements Unary {
    final Param weight; // (out / ranks, in)
    final Param bias; // (out / ranks), or null
    private final transient ProcessGroup group;

    private ColumnLinear(Param weight, Param bias, ProcessGroup group) {
        this.weight = weight;
        this.bias = bias;
        this.group = group;
    }

    static ColumnLinear of(String path, Linear whole, ProcessGroup group) {
        var params = whole.params();
        var bias = params.get("bias");
        return new ColumnLinear(TensorParallel.part(path, params.get("weight"), 0, group),
                bias == null ? null : TensorParallel.part(path, bias, 0, group), group);
    }

    @Override public Tensor forward(Tensor x) {
        return hooked(F.linear(Summing.inBackward(x, group), weight, bias), x);
    }
}
