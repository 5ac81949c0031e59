package dev.merapi.speech.whisper;

import dev.merapi.nn.Blocks;
import dev.merapi.nn.Conv1d;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;

/** Two convolutions, of which the second halves the frames, and Transformer blocks over the whole window. */
final class WhisperEncoder extends Layer implements Unary {
    Unary conv1;
    Unary conv2;
    Unary embedPositions; // (S, E)
    final List<EncoderBlock> layers = new ArrayList<>();
    Unary layerNorm;

    WhisperEncoder(WhisperConfig config) {
        int width = config.dModel();
        conv1 = new Conv1d(config.numMelBins(), width, 3, 1, 1);
        conv2 = new Conv1d(width, width, 3, 2, 1);
        var positions = new Embedding(config.maxSourcePositions(), width);
        wave(positions.params().get("weight"));
        embedPositions = positions;
        for (int i = 0; i < config.encoderLayers(); i++) {
            layers.add(new EncoderBlock(width, config.encoderAttentionHeads(), config.encoderFfnDim(),
                    config.dropout()));
        }
        layerNorm = new LayerNorm(width);
    }

    /** Fixed sines and cosines, the sines first: they are not learnt. */
    private static void wave(Param weight) {
        weight.requiresGrad_(false);
        if (weight.device().equals(Device.META)) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            long half = weight.size(1) / 2;
            double step = Math.log(10_000) / Math.max(1, half - 1); // as Whisper's own code
            Tensor angles = Tensor.arange(weight.size(0)).unsqueeze(1)
                    .mul(Tensor.arange(half).mul(-step).exp().unsqueeze(0));
            weight.copy_(Tensor.cat(List.of(angles.sin(), angles.cos()), 1));
        }
    }

    /** Features (B, mels, 2 · S) to (B, S, E). */
    @Override public Tensor forward(Tensor features) {
        Tensor heard = F.gelu(conv2.forward(F.gelu(conv1.forward(features)))).transpose(1, 2); // (B, S, E)
        Tensor x = heard.add(embedPositions.forward(Tensor.arange(heard.size(1)).to(heard.device())));
        return hooked(layerNorm.forward(Blocks.run(x, layers, (i, h) -> layers.get(i).forward(h))), features);
    }
}
