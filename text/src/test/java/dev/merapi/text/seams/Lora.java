package dev.merapi.text.seams;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** y = W x + B A x: a projection that is kept beside one of low rank that learns (Hu et al. 2022, arXiv:2106.09685). */
final class Lora extends Layer implements Unary {
    @Name("") final Linear base; // keeps its names
    final Param loraA; // (rank, in)
    final Param loraB; // (out, rank)

    Lora(Linear base, int rank) {
        long[] shape = base.params().get("weight").shape();
        this.base = base;
        loraA = param(Init.normal(0, 0.5), rank, shape[1]);
        loraB = param(Init.zeros(), shape[0], rank);
    }

    @Override public Tensor forward(Tensor x) {
        return hooked(base.forward(x).add(F.linear(F.linear(x, loraA, null), loraB, null)), x);
    }

    /** The one projection that computes the same. */
    Linear merged() {
        base.map((name, t) -> name.equals("weight") ? t.add(loraB.matmul(loraA)) : t);
        return base;
    }
}
