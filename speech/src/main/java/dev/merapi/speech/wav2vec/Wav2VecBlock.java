package dev.merapi.speech.wav2vec;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.speech.layer.ProjectedAttention;
import dev.merapi.tensor.Tensor;

/** Self-attention and a feed-forward net; norms stand behind them, or first. Shapes: x (B, T, E) to the same. */
final class Wav2VecBlock extends Layer {
    final ProjectedAttention attention;
    Unary layerNorm;
    @Name("feed_forward.intermediate_dense") Unary wide;
    @Name("feed_forward.output_dense") Unary narrow;
    Unary finalLayerNorm;
    private final boolean first;

    Wav2VecBlock(Wav2VecConfig config) {
        int width = config.hiddenSize();
        first = config.doStableLayerNorm();
        attention = new ProjectedAttention(width, config.numAttentionHeads(), true);
        layerNorm = new LayerNorm(width, config.layerNormEps());
        wide = new Linear(width, config.intermediateSize());
        narrow = new Linear(config.intermediateSize(), width);
        finalLayerNorm = new LayerNorm(width, config.layerNormEps());
    }

    Tensor forward(Tensor x, Mask mask) {
        if (first) {
            Tensor y = x.add(attend(layerNorm.forward(x), mask));
            return hooked(y.add(feed(finalLayerNorm.forward(y))), x);
        }
        Tensor y = layerNorm.forward(x.add(attend(x, mask)));
        return hooked(finalLayerNorm.forward(y.add(feed(y))), x);
    }

    private Tensor attend(Tensor x, Mask mask) { return attention.forward(x, attention.keysValues(x), mask); }

    private Tensor feed(Tensor x) { return narrow.forward(F.gelu(wide.forward(x))); }
}
