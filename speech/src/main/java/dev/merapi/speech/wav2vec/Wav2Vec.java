package dev.merapi.speech.wav2vec;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * wav2vec 2 (Baevski et al. 2020, <a href="https://arxiv.org/abs/2006.11477">arXiv:2006.11477</a>) or HuBERT (Hsu et
 * al. 2021, <a href="https://arxiv.org/abs/2106.07447">arXiv:2106.07447</a>) with a head that names a letter, or none,
 * for each frame. Parameters are named as in transformers' {@code Wav2Vec2ForCTC} and {@code HubertForCTC}.
 *
 * <p>B batch, T samples of 16 kHz, V letters.
 */
public final class Wav2Vec extends Layer {
    final Wav2VecBody body;
    Unary lmHead; // E to V
    private final Wav2VecConfig config;

    /** With new weights. */
    public Wav2Vec(Wav2VecConfig config) {
        this.config = config;
        body = new Wav2VecBody(config);
        lmHead = new Linear(config.hiddenSize(), config.vocabSize());
    }

    @Override protected String nameOf(String field) { return field.equals("body") ? config.modelType() : null; }

    /**
     * Loads a model folder.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static Wav2Vec load(Path folder) {
        var config = Wav2VecConfig.read(folder);
        var model = ModelFolder.buildEmpty(folder, () -> new Wav2Vec(config));
        Weights.open(folder).renamed(Wav2Vec::name).loadInto(model);
        return model;
    }

    /** Newer files name the parts of a normed weight otherwise; what hides frames in pretraining is not needed. */
    private static String name(String saved) {
        return saved.endsWith(".masked_spec_embed") ? null
                : saved.replace("parametrizations.weight.original0", "weight_g")
                        .replace("parametrizations.weight.original1", "weight_v");
    }

    /** Its sizes and settings. */
    public Wav2VecConfig config() { return config; }

    /** Logits (B, frames, V) of samples (B, T), each row of mean 0 and variance 1. */
    public Tensor forward(Tensor samples) { return forward(samples, null); }

    /**
     * Logits (B, frames, V) of samples (B, T).
     *
     * @param lengths samples of each row (B), int64, on the CPU: what lies behind them is not heard. Models that
     *     normalise channels over time ({@code feat_extract_norm} group) were taught without, and hear it there
     */
    public Tensor forward(Tensor samples, Tensor lengths) {
        boolean fits = samples.rank() == 2 && config.frames(samples.size(1)) > 0;
        if (!fits) {
            throw Expect.error("Wav2Vec", "samples (B, T) long enough for a frame", Shapes.toString(samples.shape()));
        }
        return lmHead.forward(body.forward(samples, lengths == null ? null : frames(lengths, samples)));
    }

    private Tensor frames(Tensor lengths, Tensor samples) {
        return Tensor.of(Arrays.stream(lengths.toLongs()).map(config::frames).toArray()).to(samples.device());
    }
}
