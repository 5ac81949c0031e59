package dev.merapi.text.model.t5;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.RmsNorm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Self-attention and a feed-forward net, norms first. Shapes: x (B, S, E) to the same. */
final class EncoderBlock extends Layer {
    @Name("layer.0.SelfAttention") final Attention attention;
    @Name("layer.0.layer_norm") Unary attentionNorm;
    @Name("layer.1.DenseReluDense") Unary feedForward;
    @Name("layer.1.layer_norm") Unary feedForwardNorm;
    private final double dropout;

    EncoderBlock(T5Config config, boolean biased) {
        dropout = config.dropoutRate();
        attention = new Attention(config, biased);
        attentionNorm = new RmsNorm(config.dModel(), config.layerNormEpsilon());
        feedForward = new FeedForward(config);
        feedForwardNorm = new RmsNorm(config.dModel(), config.layerNormEpsilon());
    }

    Tensor forward(Tensor x, Mask mask) {
        Tensor normed = attentionNorm.forward(x);
        Tensor y = x.add(drop(attention.forward(normed, attention.keysValues(normed), mask)));
        return hooked(y.add(drop(feedForward.forward(feedForwardNorm.forward(y)))), x);
    }

    private Tensor drop(Tensor x) { return F.dropout(x, dropout, isTraining()); }
}
