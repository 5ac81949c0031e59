package dev.merapi.text.model.llama;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.merapi.io.FileErrors;
import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Activation;
import dev.merapi.tensor.Expect;
import dev.merapi.text.model.llama.Family.Trait;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The settings of a {@link Llama}, as Hugging Face's {@code config.json} names them; start from a preset.
 *
 * @param modelType {@code llama}, {@code mistral}, {@code qwen2}, {@code qwen3}, {@code gemma}, {@code gemma2} or
 *     {@code gemma3_text}
 * @param architectures the class that transformers loads the weights into
 * @param intermediateSize width inside the feed-forward net
 * @param numKeyValueHeads null for as many as there are heads
 * @param headDim null for the width divided by the heads
 * @param hiddenAct {@code silu}, {@code gelu} or {@code gelu_pytorch_tanh}; Gemmas have the last, whatever this says
 * @param maxPositionEmbeddings the context: most tokens
 * @param ropeTheta base of the positions' wavelengths
 * @param ropeScaling of positions: {@code rope_type} {@code linear}, {@code llama3}, {@code yarn}, {@code longrope} or
 *     {@code dynamic} with its numbers; or null
 * @param ropeParameters as newer files have it: base and scaling together, in Gemma 3 for each type of layer; or null
 * @param attentionBias whether the projections of attention have a bias
 * @param mlpBias whether those of the feed-forward net have one
 * @param tieWordEmbeddings whether the embedding is the last layer too
 * @param slidingWindow how many tokens attention sees; null for all
 * @param useSlidingWindow Qwen's switch: without it, all are seen
 * @param layerTypes {@code sliding_attention} for layers that see the window, {@code full_attention} for those that see
 *     all; null where all layers are of one type
 * @param bosTokenId begins texts: an id, or null
 * @param eosTokenId ends texts: an id, or a list of them, or null
 * @param gemma what Gemma 2 and 3 alone have
 */
public record LlamaConfig(String modelType, List<String> architectures, int vocabSize, int hiddenSize,
        int intermediateSize, int numHiddenLayers, int numAttentionHeads, Integer numKeyValueHeads, Integer headDim,
        String hiddenAct, int maxPositionEmbeddings, double initializerRange, double rmsNormEps, double ropeTheta,
        Map<String, Object> ropeScaling, Map<String, Object> ropeParameters, boolean attentionBias, boolean mlpBias,
        boolean tieWordEmbeddings, Integer slidingWindow, boolean useSlidingWindow, List<String> layerTypes,
        Object bosTokenId, Object eosTokenId, @JsonUnwrapped GemmaConfig gemma) {
    private static final int MAX_LAYERS = 10_000; // in a file: far more than any has

    public static final LlamaConfig LLAMA_2_7B = of(Family.LLAMA, 32_000, 4096, 11_008, 32, 32, 32)
            .context(4096).eps(1e-5);
    public static final LlamaConfig LLAMA_3_8B = of(Family.LLAMA, 128_256, 4096, 14_336, 32, 32, 8)
            .context(8192).eps(1e-5).theta(500_000);
    /** Version 0.1, with a window of 4,096 tokens. */
    public static final LlamaConfig MISTRAL_7B = of(Family.MISTRAL, 32_000, 4096, 14_336, 32, 32, 8)
            .context(32_768).eps(1e-5).window(4096);
    public static final LlamaConfig QWEN2_5_HALF_B = of(Family.QWEN2, 151_936, 896, 4864, 24, 14, 2)
            .context(32_768).theta(1_000_000).tied();
    public static final LlamaConfig QWEN3_0_6B = of(Family.QWEN3, 151_936, 1024, 3072, 28, 16, 8)
            .head(128).context(40_960).theta(1_000_000).tied();
    public static final LlamaConfig GEMMA_2B = of(Family.GEMMA, 256_000, 2048, 16_384, 18, 8, 1)
            .head(256).context(8192).tied();
    public static final LlamaConfig GEMMA2_2B = of(Family.GEMMA2, 256_000, 2304, 9216, 26, 8, 4)
            .head(256).context(8192).tied();
    public static final LlamaConfig GEMMA3_1B = of(Family.GEMMA3, 262_144, 1152, 6912, 26, 4, 1)
            .head(256).context(32_768).window(512).tied();
    public static final LlamaConfig SMOLLM2_135M = of(Family.LLAMA, 49_152, 576, 1536, 30, 9, 3)
            .context(8192).eps(1e-5).theta(100_000).tied();

    public LlamaConfig {
        if (Family.of(modelType).has(Trait.WINDOW_SWITCH) && !useSlidingWindow) slidingWindow = null;
        Expect.atLeast("LlamaConfig.hidden_size", 1, hiddenSize);
        Expect.that(numAttentionHeads > 0 && (headDim != null || hiddenSize % numAttentionHeads == 0),
                "LlamaConfig.num_attention_heads", "heads that divide the width " + hiddenSize + ", or a head_dim",
                numAttentionHeads);
        Expect.that(numKeyValueHeads == null || numKeyValueHeads > 0 && numAttentionHeads % numKeyValueHeads == 0,
                "LlamaConfig.num_key_value_heads", "heads that divide the " + numAttentionHeads + " heads of queries",
                numKeyValueHeads);
        Expect.that((headDim == null ? hiddenSize / numAttentionHeads : headDim) % 2 == 0, "LlamaConfig.head_dim",
                "an even size", headDim == null ? hiddenSize / numAttentionHeads : headDim);
        Expect.atLeast("LlamaConfig.num_hidden_layers", 1, numHiddenLayers);
        Expect.atLeast("LlamaConfig.vocab_size", 1, vocabSize);
        Expect.atLeast("LlamaConfig.max_position_embeddings", 1, maxPositionEmbeddings);
        Expect.that(layerTypes == null || layerTypes.size() == numHiddenLayers && LayerTypes.areKnown(layerTypes),
                "LlamaConfig.layer_types", "sliding_attention or full_attention for each of " + numHiddenLayers
                + " layers", layerTypes);
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
    }

    /**
     * A model of a family, with a context of 2,048 tokens; without a window but for Gemma 2 and 3, which see 4,096.
     *
     * @param hidden width
     * @param intermediate width inside the feed-forward net
     * @param groups heads of keys and values
     */
    public static LlamaConfig of(Family family, int vocab, int hidden, int intermediate, int layers, int heads,
            int groups) {
        return new LlamaConfig(family.modelType, List.of(family.architecture), vocab, hidden, intermediate, layers,
                heads, groups, null, family.has(Trait.GEMMA) ? "gelu_pytorch_tanh" : "silu", 2048, 0.02, 1e-6,
                family == Family.GEMMA3 ? 1_000_000 : 10_000, null, null, false, false, false,
                family.has(Trait.OUTER_NORMS) ? 4096 : null, false, LayerTypes.of(family, layers, Map.of()), null, null,
                GemmaConfig.of(family));
    }

    /**
     * Reads {@code config.json}; what it leaves out is as in transformers.
     *
     * @throws IllegalArgumentException if it is not JSON, a setting is wrong, or the model is none of this family
     */
    public static LlamaConfig read(Path folder) {
        return FileErrors.naming(folder.resolve("config.json"), () -> readSettings(folder));
    }

    private static LlamaConfig readSettings(Path folder) {
        ModelFolder.expectNoRun(folder);
        var file = ModelFolder.config(folder);
        var family = Family.of(String.valueOf(file.get("model_type")));
        var usual = usual(family);
        int layers = file.get("num_hidden_layers") instanceof Number n ? n.intValue() : usual.numHiddenLayers;
        Expect.that(layers <= MAX_LAYERS, "LlamaConfig.num_hidden_layers", "at most " + MAX_LAYERS, layers);
        Integer window = file.containsKey("sliding_window") ? null : usual.slidingWindow; // a null there means none
        return ModelFolder.config(folder, usual.layers(layers, LayerTypes.of(family, layers, file), window, false,
                usual.gemma.without(file)));
    }

    /** What transformers takes for settings that a file leaves out. */
    private static LlamaConfig usual(Family family) {
        return switch (family) {
            case LLAMA -> of(family, 32_000, 4096, 11_008, 32, 32, 32).with(null, null, 2048, 1e-6, 10_000, false);
            case MISTRAL -> of(family, 32_000, 4096, 14_336, 32, 32, 8).context(131_072).window(4096);
            case QWEN2 -> of(family, 151_936, 4096, 22_016, 32, 32, 32).context(32_768).window(4096);
            case QWEN3 -> of(family, 151_936, 4096, 22_016, 32, 32, 32).head(128).context(32_768).window(4096);
            case GEMMA -> of(family, 256_000, 3072, 24_576, 28, 16, 16).head(256).context(8192).tied();
            case GEMMA2 -> of(family, 256_000, 2304, 9216, 26, 8, 4).head(256).context(8192).tied();
            case GEMMA3 -> of(family, 262_208, 2304, 9216, 26, 8, 4).head(256).context(131_072).tied();
        };
    }

    private LlamaConfig with(Integer groups, Integer head, int context, double eps, double theta, boolean tied) {
        return new LlamaConfig(modelType, architectures, vocabSize, hiddenSize, intermediateSize, numHiddenLayers,
                numAttentionHeads, groups, head, hiddenAct, context, initializerRange, eps, theta, ropeScaling,
                ropeParameters, attentionBias, mlpBias, tied, slidingWindow, useSlidingWindow, layerTypes, bosTokenId,
                eosTokenId, gemma);
    }

    private LlamaConfig layers(int count, List<String> types, Integer window, boolean useWindow, GemmaConfig gemma) {
        return new LlamaConfig(modelType, architectures, vocabSize, hiddenSize, intermediateSize, count,
                numAttentionHeads, numKeyValueHeads, headDim, hiddenAct, maxPositionEmbeddings, initializerRange,
                rmsNormEps, ropeTheta, ropeScaling, ropeParameters, attentionBias, mlpBias, tieWordEmbeddings, window,
                useWindow, types, bosTokenId, eosTokenId, gemma);
    }

    /** Most tokens. */
    public LlamaConfig context(int tokens) {
        return with(numKeyValueHeads, headDim, tokens, rmsNormEps, ropeTheta, tieWordEmbeddings);
    }

    /** The size of a head, where it is not the width divided by the heads. */
    public LlamaConfig head(int size) {
        return with(numKeyValueHeads, size, maxPositionEmbeddings, rmsNormEps, ropeTheta, tieWordEmbeddings);
    }

    /** What keeps the norms from dividing by 0. */
    public LlamaConfig eps(double value) {
        return with(numKeyValueHeads, headDim, maxPositionEmbeddings, value, ropeTheta, tieWordEmbeddings);
    }

    /** The base of the positions' wavelengths. */
    public LlamaConfig theta(double base) {
        return with(numKeyValueHeads, headDim, maxPositionEmbeddings, rmsNormEps, base, tieWordEmbeddings);
    }

    /** With the embedding as last layer too. */
    public LlamaConfig tied() {
        return with(numKeyValueHeads, headDim, maxPositionEmbeddings, rmsNormEps, ropeTheta, true);
    }

    /** With attention that sees so many tokens: in all layers, or in those of {@link #layerTypes} in Gemma 2 and 3. */
    public LlamaConfig window(int tokens) {
        var types = family().has(Trait.WINDOW_SWITCH) ? LayerTypes.windows(numHiddenLayers) : layerTypes;
        return layers(numHiddenLayers, types, tokens, true, gemma);
    }

    /** With other settings of Gemma 2 or 3. */
    public LlamaConfig gemma(GemmaConfig settings) {
        return layers(numHiddenLayers, layerTypes, slidingWindow, useSlidingWindow, settings);
    }

    /**
     * What {@code config.json} should hold. What follows from other settings is written out, for its absence may mean
     * something else; what the family does not know is left out, for transformers guesses models by what is there.
     */
    Map<String, Object> file() {
        var file = ModelFolder.settings(with(groups(), headSize(), maxPositionEmbeddings, rmsNormEps, ropeTheta,
                tieWordEmbeddings));
        if (layerTypes == null) file.remove("layer_types");
        if (gemma.equals(GemmaConfig.NONE)) file.keySet().removeAll(ModelFolder.settings(gemma).keySet());
        return file;
    }

    /** Number of key and value heads. */
    public int groups() { return numKeyValueHeads == null ? numAttentionHeads : numKeyValueHeads; }

    /** Size of a head. */
    public int headSize() { return headDim == null ? hiddenSize / numAttentionHeads : headDim; }

    Family family() { return Family.of(modelType); }

    /** Whether a layer sees a window, rather than all tokens. */
    boolean isLocal(int layer) {
        if (slidingWindow == null) return false;
        return layerTypes == null ? family() == Family.MISTRAL : LayerTypes.seesWindow(layerTypes.get(layer));
    }

    /** What queries are multiplied by, for attention divides scores by the root of a head's size. */
    double queryScale() {
        return gemma.queryPreAttnScalar() == null ? 1 : Math.sqrt((double) headSize() / gemma.queryPreAttnScalar());
    }

    /** Of layers that see all tokens, or of those that see a window. */
    Rope rope(boolean local) {
        boolean ownBase = local && gemma.ropeLocalBaseFreq() != null;
        return Rope.of(headSize(), ownBase ? gemma.ropeLocalBaseFreq() : ropeTheta, scaling(local));
    }

    private RopeScaling scaling(boolean local) {
        Object own = ropeParameters == null ? null : ropeParameters.get(LayerTypes.of(local));
        Map<?, ?> shared = ropeParameters == null ? ropeScaling : ropeParameters;
        boolean plain = local && gemma.ropeLocalBaseFreq() != null;
        return RopeScaling.of(own instanceof Map<?, ?> numbers ? numbers : plain ? null : shared,
                maxPositionEmbeddings);
    }

    /** Most tokens that are read at a time. */
    int mostTokens() { return scaling(false).mostTokens(); }

    Activation activation() {
        return switch (family().has(Trait.GEMMA) ? "gelu_pytorch_tanh" : hiddenAct) {
            case "silu" -> Activation.SILU;
            case "gelu" -> Activation.GELU;
            case "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            default -> throw new IllegalArgumentException("LlamaConfig.hidden_act: expected silu, gelu or"
                    + " gelu_pytorch_tanh. Received " + hiddenAct);
        };
    }
}
