package dev.merapi.text.model.llama;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** x / √(mean(x²) + eps) · (1 + weight) over the last axis. */
final class GemmaNorm extends Layer implements Unary {
    final Param weight; // (dim)
    private final double eps;

    GemmaNorm(long dim, double eps) {
        this.weight = param(Init.zeros(), dim);
        this.eps = eps;
    }

    @Override public Tensor forward(Tensor x) {
        return hooked(F.rmsNorm(x, weight.size(0), weight.add(1), eps), x);
    }
}
