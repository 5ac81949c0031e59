package dev.merapi.speech.whisper;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;
import java.nio.file.Path;
import java.util.List;

/**
 * Whisper: an encoder that hears a window of sound, and a decoder that writes what was said (Radford et al. 2022,
 * "Robust Speech Recognition via Large-Scale Weak Supervision", <a
 * href="https://arxiv.org/abs/2212.04356">arXiv:2212.04356</a>). Parameters are named as in transformers'
 * {@code WhisperForConditionalGeneration}. {@link WhisperTranscriber} makes text of sound with it.
 *
 * <p>B batch, M mel bands, S positions of sound, T tokens, E width, V vocabulary.
 */
public final class Whisper extends Layer {
    @Name("model.encoder") final WhisperEncoder encoder;
    @Name("model.decoder") final WhisperDecoder decoder;
    @Name("proj_out") Unary head; // on the embedding's own vectors
    private final WhisperConfig config;

    /** With new weights. */
    public Whisper(WhisperConfig config) {
        this.config = config;
        encoder = new WhisperEncoder(config);
        decoder = new WhisperDecoder(config);
        head = new Linear(((Embedding) decoder.embedTokens).params().get("weight"), null);
    }

    /**
     * Loads a model folder.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static Whisper load(Path folder) {
        var config = WhisperConfig.read(folder);
        var whisper = ModelFolder.buildEmpty(folder, () -> new Whisper(config));
        Weights.open(folder).loadInto(whisper);
        return whisper;
    }

    /** Saves settings and weights as transformers' {@code WhisperForConditionalGeneration}. */
    public void save(Path folder) { ModelFolder.save(this, config, folder); }

    /** Its sizes and settings. */
    public WhisperConfig config() { return config; }

    /**
     * What the encoder hears in a window: features (B, M, 2 · S) to (B, S, E).
     *
     * @throws IllegalArgumentException for features of another shape
     */
    public Tensor encode(Tensor features) {
        boolean fits = features.rank() == 3 && features.size(1) == config.numMelBins()
                && features.size(2) == config.frames();
        if (!fits) {
            throw Expect.error("Whisper", "features (B, " + config.numMelBins() + ", " + config.frames() + ")",
                    Shapes.toString(features.shape()));
        }
        return encoder.forward(features);
    }

    /** Logits (B, T, V) of the token after each of ids (B, T), for features (B, M, 2 · S). */
    public Tensor forward(Tensor features, Tensor ids) {
        Expect.that(ids.rank() == 2 && ids.size(1) <= config.maxTargetPositions(), "Whisper",
                "ids (B, T) of at most " + config.maxTargetPositions() + " tokens", Shapes.toString(ids.shape()));
        return decode(ids, null, decoder.sounds(encode(features)));
    }

    Tensor decode(Tensor ids, KvCache cache, List<KeysValues> sounds) {
        return head.forward(decoder.forward(ids, cache, sounds));
    }

    KvCache.Shape cacheShape() {
        int heads = config.decoderAttentionHeads();
        return new KvCache.Shape(config.decoderLayers(), heads, config.dModel() / heads, dtype(), device());
    }
}
