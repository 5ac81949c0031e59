package dev.merapi.text.model.bert;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.F;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One vector for each text, near those of texts that mean the same (Reimers and Gurevych 2019,
 * <a href="https://arxiv.org/abs/1908.10084">arXiv:1908.10084</a>). Folders are those of the sentence-transformers
 * library.
 *
 * <pre>{@code
 * var encoder = SentenceEncoder.load(Path.of("all-MiniLM-L6-v2"));
 * encoder.model().eval();
 * Tensor vectors = encoder.forward(tokens);              // (B, E), of length 1
 * Tensor cosines = vectors.matmul(vectors.mT());         // (B, B)
 * }</pre>
 *
 * @param model the encoder, which training changes
 * @param pooling how the tokens' vectors become one
 * @param normalize whether vectors are given the length 1
 */
public record SentenceEncoder(Bert model, Pooling pooling, boolean normalize) implements Signed {
    private static final String POOLING = "1_Pooling";
    private static final String NORMALIZE = "2_Normalize";

    /** How the tokens' vectors become one. */
    public enum Pooling {
        /** The mean over all tokens. */
        MEAN,
        /** The first token's. */
        CLS
    }

    /** {@code 1_Pooling/config.json}. */
    private record PoolingConfig(int wordEmbeddingDimension, boolean poolingModeClsToken,
            boolean poolingModeMeanTokens) {}

    /** A line of {@code modules.json}. */
    private record Module(int idx, String name, String path, String type) {}

    /**
     * Loads a model folder. Without {@code 1_Pooling} in it, vectors are means; they are normalised where there is a
     * {@code 2_Normalize}, or nothing says how to pool.
     *
     * @throws IllegalArgumentException as {@link Bert#load}, and for a pooling that is neither of the two
     */
    public static SentenceEncoder load(Path folder) { return of(Bert.load(folder), folder); }

    /** As {@link #load}, without the pooler, which no training of vectors would reach. */
    public static SentenceEncoder fineTune(Path folder) {
        var encoder = ModelFolder.buildEmpty(folder, () -> untrained(folder));
        Pretrained.encoder(Weights.open(folder), encoder.model.config())
                .renamed(name -> name.startsWith("pooler.") ? null : name).loadInto(encoder.model);
        return encoder;
    }

    /** With new weights and the settings in a folder, that of a model or of a run; throws as {@link #load}. */
    public static SentenceEncoder untrained(Path folder) {
        return of(new Bert(BertConfig.read(folder), false), folder);
    }

    private static SentenceEncoder of(Bert model, Path folder) {
        Path pooling = folder.resolve(POOLING);
        if (!Files.isDirectory(pooling)) return new SentenceEncoder(model, Pooling.MEAN, true);
        var config = ModelFolder.config(pooling, PoolingConfig.class);
        if (config.poolingModeClsToken == config.poolingModeMeanTokens) {
            throw new IllegalArgumentException(pooling.resolve("config.json") + ": expected either"
                    + " pooling_mode_cls_token or pooling_mode_mean_tokens. Received " + config);
        }
        boolean normalize = Files.isDirectory(folder.resolve(NORMALIZE));
        return new SentenceEncoder(model, config.poolingModeClsToken ? Pooling.CLS : Pooling.MEAN, normalize);
    }

    @Override public Signature signature() {
        return Tokens.signature(model, model.config(), "sentence_embedding", this::forward);
    }

    /** Saves a folder that the sentence-transformers library opens too. */
    public void save(Path folder) {
        model.save(folder);
        savePooling(folder);
    }

    /** Saves all but the encoder. */
    public void savePooling(Path folder) {
        var pool = new PoolingConfig(model.config().hiddenSize(), pooling == Pooling.CLS, pooling == Pooling.MEAN);
        ModelFolder.writeConfig(pool, folder.resolve(POOLING).resolve("config.json"));
        if (normalize) ModelFolder.writeConfig(Map.of(), folder.resolve(NORMALIZE).resolve("config.json"));
        ModelFolder.writeConfig(modules(), folder.resolve("modules.json"));
    }

    private List<Module> modules() {
        var transformer = new Module(0, "0", "", "sentence_transformers.models.Transformer");
        var pool = new Module(1, "1", POOLING, "sentence_transformers.models.Pooling");
        var normal = new Module(2, "2", NORMALIZE, "sentence_transformers.models.Normalize");
        return normalize ? List.of(transformer, pool, normal) : List.of(transformer, pool);
    }

    /** The texts' vectors (B, E). */
    public Tensor forward(Tokens tokens) {
        Tensor hidden = model.forward(tokens); // (B, T, E)
        Tensor pooled = pooling == Pooling.CLS ? hidden.select(1, 0) : mean(hidden, tokens.mask());
        return normalize ? F.normalize(pooled, -1) : pooled;
    }

    private static Tensor mean(Tensor hidden, Tensor mask) {
        if (mask == null) return hidden.mean(1);
        Tensor weights = mask.to(hidden.dtype()).unsqueeze(2); // (B, T, 1)
        return hidden.mul(weights).sum(1).div(weights.sum(1).clamp(1e-9, null)); // as sentence-transformers
    }
}
