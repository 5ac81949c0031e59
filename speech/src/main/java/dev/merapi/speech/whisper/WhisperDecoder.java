package dev.merapi.speech.whisper;

import dev.merapi.nn.Blocks;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;
import java.util.ArrayList;
import java.util.List;

/** Transformer blocks that write tokens while they look at the sound. */
final class WhisperDecoder extends Layer {
    Unary embedTokens; // (V, E)
    Unary embedPositions; // (context, E)
    final List<DecoderBlock> layers = new ArrayList<>();
    Unary layerNorm;

    WhisperDecoder(WhisperConfig config) {
        int width = config.dModel();
        embedTokens = new Embedding(config.vocabSize(), width);
        embedPositions = new Embedding(config.maxTargetPositions(), width);
        for (int i = 0; i < config.decoderLayers(); i++) {
            layers.add(new DecoderBlock(width, config.decoderAttentionHeads(), config.decoderFfnDim(),
                    config.dropout()));
        }
        layerNorm = new LayerNorm(width);
    }

    /** What each layer reads of the encoder's output (B, S, E). */
    List<KeysValues> sounds(Tensor encoded) {
        return layers.stream().map(layer -> layer.encoderAttn.keysValues(encoded)).toList();
    }

    /** Vectors (B, T, E) of ids (B, T) behind those in the cache, which takes in these too; null for none. */
    Tensor forward(Tensor ids, KvCache cache, List<KeysValues> sounds) {
        long steps = ids.size(1);
        Tensor positions = cache == null ? ids.newArange(steps) : cache.positions(steps);
        Mask self = cache == null ? Mask.causal() : cache.mask(steps, 0);
        Tensor x = embedTokens.forward(ids).add(embedPositions.forward(positions));
        Tensor y = Blocks.run(x, layers, (i, h) -> layers.get(i).forward(h,
                own -> KvCache.append(cache, i, own.keys(), own.values()), self, sounds.get(i)));
        if (cache != null) cache.advance(steps);
        return hooked(layerNorm.forward(y), x);
    }
}
