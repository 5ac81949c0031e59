package dev.merapi.speech.wav2vec;

import dev.merapi.nn.Blocks;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.speech.layer.WeightNormConv1d;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Convolutions over samples, and Transformer blocks over their frames. */
final class Wav2VecBody extends Layer {
    @Name("feature_extractor.conv_layers") final List<FeatureConv> convolutions = new ArrayList<>();
    @Name("feature_projection.layer_norm") Unary projectionNorm; // or null
    @Name("feature_projection.projection") Unary projection;
    @Name("encoder.pos_conv_embed.conv") Unary positions;
    @Name("encoder.layer_norm") Unary norm;
    @Name("encoder.layers") final List<Wav2VecBlock> blocks = new ArrayList<>();
    private final boolean normFirst;

    Wav2VecBody(Wav2VecConfig config) {
        int width = config.hiddenSize(), heard = config.convDim().getLast();
        for (int i = 0; i < config.convDim().size(); i++) convolutions.add(new FeatureConv(config, i));
        projectionNorm = config.featProjLayerNorm() ? new LayerNorm(heard, config.layerNormEps()) : null;
        projection = new Linear(heard, width);
        int kernel = config.numConvPosEmbeddings();
        positions = new WeightNormConv1d(width, width, kernel,
                ConvOptions.DEFAULT.padding(kernel / 2).groups(config.numConvPosEmbeddingGroups()), 2);
        norm = new LayerNorm(width, config.layerNormEps());
        for (int i = 0; i < config.numHiddenLayers(); i++) blocks.add(new Wav2VecBlock(config));
        normFirst = config.doStableLayerNorm();
    }

    /** Samples (B, T) to vectors (B, frames, E); lengths of the rows in frames (B), or null where all are full. */
    Tensor forward(Tensor samples, Tensor lengths) {
        Tensor heard = samples.unsqueeze(1);
        for (var convolution : convolutions) heard = convolution.forward(heard);
        Tensor frames = heard.transpose(1, 2);
        Tensor x = projection.forward(projectionNorm == null ? frames : projectionNorm.forward(frames));
        Mask mask = Mask.NONE;
        if (lengths != null) {
            mask = Mask.lengths(lengths, x.size(1));
            x = x.mul(x.newArange(x.size(1)).unsqueeze(0).lt(lengths.unsqueeze(1)).to(DType.FLOAT32).unsqueeze(2));
        }
        Tensor placed = x.add(F.gelu(positions.forward(x.transpose(1, 2)).narrow(2, 0, x.size(1))).transpose(1, 2));
        Mask seen = mask;
        Tensor y = Blocks.run(normFirst ? placed : norm.forward(placed), blocks,
                (i, h) -> blocks.get(i).forward(h, seen));
        return normFirst ? norm.forward(y) : y;
    }
}
