package dev.merapi.text.model.t5;

import dev.merapi.nn.F;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.RmsNorm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Self-attention, attention to the source and a feed-forward net, norms first. Shapes: x (B, T, E) to the same. */
final class DecoderBlock extends Layer {
    @Name("layer.0.SelfAttention") final Attention attention;
    @Name("layer.0.layer_norm") Unary attentionNorm;
    @Name("layer.1.EncDecAttention") final Attention cross;
    @Name("layer.1.layer_norm") Unary crossNorm;
    @Name("layer.2.DenseReluDense") Unary feedForward;
    @Name("layer.2.layer_norm") Unary feedForwardNorm;
    private final double dropout;

    DecoderBlock(T5Config config, boolean biased) {
        dropout = config.dropoutRate();
        attention = new Attention(config, biased);
        attentionNorm = new RmsNorm(config.dModel(), config.layerNormEpsilon());
        cross = new Attention(config, false);
        crossNorm = new RmsNorm(config.dModel(), config.layerNormEpsilon());
        feedForward = new FeedForward(config);
        feedForwardNorm = new RmsNorm(config.dModel(), config.layerNormEpsilon());
    }

    /**
     * @param remember gets the keys and values of x, and returns those of all that x may see
     * @param memory keys and values of the source, by {@link #cross}
     */
    Tensor forward(Tensor x, UnaryOperator<KeysValues> remember, Mask self, KeysValues memory, Mask unseen) {
        Tensor normed = attentionNorm.forward(x);
        var seen = remember.apply(attention.keysValues(normed));
        Tensor y = x.add(drop(attention.forward(normed, seen, self)));
        Tensor z = y.add(drop(cross.forward(crossNorm.forward(y), memory, unseen)));
        return hooked(z.add(drop(feedForward.forward(feedForwardNorm.forward(z)))), x);
    }

    private Tensor drop(Tensor x) { return F.dropout(x, dropout, isTraining()); }
}
