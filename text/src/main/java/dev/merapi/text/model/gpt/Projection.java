package dev.merapi.text.model.gpt;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** y = x W + b. Shapes: x (…, in) to y (…, out). GPT-2's files keep this transposed weight. */
final class Projection extends Layer implements Unary {
    final Param weight; // (in, out)
    final Param bias; // (out)

    Projection(int in, int out, double deviation) {
        weight = param(Init.normal(0, deviation), in, out);
        bias = param(Init.zeros(), out);
    }

    @Override public Tensor forward(Tensor x) { return F.linear(x, weight.mT(), bias); }
}
