package dev.merapi.parallel;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** A linear layer of which a rank sees some inputs. Shapes: x (…, in / ranks) to (…, out), the same on all ranks. */
final class RowLinear extends Layer implements Unary {
    final Param weight; // (out, in / ranks)
    final Param bias; // (out), whole; or null
    private final transient ProcessGroup group;

    private RowLinear(Param weight, Param bias, ProcessGroup group) {
        this.weight = weight;
        this.bias = bias;
        this.group = group;
    }

    static RowLinear of(String path, Linear whole, ProcessGroup group) {
        var params = whole.params();
        var bias = params.get("bias");
        return new RowLinear(TensorParallel.part(path, params.get("weight"), 1, group),
                bias == null ? null : new Param(bias.detach().copy()), group);
    }

    @Override public Tensor forward(Tensor x) {
        Tensor sum = Summing.inForward(F.linear(x, weight, null), group);
        return hooked(bias == null ? sum : sum.add(bias), x);
    }
}
