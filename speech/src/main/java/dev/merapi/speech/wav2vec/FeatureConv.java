package dev.merapi.speech.wav2vec;

import dev.merapi.nn.Conv1d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.GroupNorm;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** A convolution that makes fewer frames of more. Shapes: x (B, in, T) to (B, out, T'). */
final class FeatureConv extends Layer implements Unary {
    Unary conv;
    Unary layerNorm; // or null
    private final boolean each; // frame is normalised, over its channels

    FeatureConv(Wav2VecConfig config, int i) {
        int in = i == 0 ? 1 : config.convDim().get(i - 1), out = config.convDim().get(i);
        var options = ConvOptions.DEFAULT.stride(config.convStride().get(i));
        conv = new Conv1d(in, out, config.convKernel().get(i), config.convBias() ? options : options.noBias());
        each = config.normalizesEach();
        layerNorm = each ? new LayerNorm(out) : i == 0 ? new GroupNorm(out, out) : null;
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = conv.forward(x);
        if (layerNorm != null) {
            y = each ? layerNorm.forward(y.transpose(1, 2)).transpose(1, 2) : layerNorm.forward(y);
        }
        return hooked(F.gelu(y), x);
    }
}
