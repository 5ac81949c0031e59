package dev.merapi.text.model.llama;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** A gated feed-forward net. Shapes: x (B, T, E) to the same. Shazeer 2020, arXiv:2002.05202. */
final class Mlp extends Layer implements Unary {
    Unary gateProj;
    Unary upProj;
    Unary downProj;
    private final Activation activation;

    Mlp(LlamaConfig config) {
        int dim = config.hiddenSize();
        int inner = config.intermediateSize();
        gateProj = new Linear(dim, inner, config.mlpBias());
        upProj = new Linear(dim, inner, config.mlpBias());
        downProj = new Linear(inner, dim, config.mlpBias());
        activation = config.activation();
    }

    @Override public Tensor forward(Tensor x) {
        return hooked(downProj.forward(activation.forward(gateProj.forward(x)).mul(upProj.forward(x))), x);
    }
}
