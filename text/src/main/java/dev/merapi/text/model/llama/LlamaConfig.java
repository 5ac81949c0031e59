package dev.merapi.text.model.llama;

import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Activation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The settings of a {@link Llama}, as Hugging Face's {@code config.json} names them; start from a preset.
 *
 * @param modelType {@code llama}, {@code mistral}, {@code qwen2}, {@code qwen3} or {@code gemma}
 * @param architectures the class that transformers loads the weights into
 * @param intermediateSize width inside the feed-forward net
 * @param numKeyValueHeads null for as many as there are heads
 * @param headDim null for the width divided by the heads
 * @param hiddenAct {@code silu}, {@code gelu} or {@code gelu_pytorch_tanh}; Gemma has the last, whatever this says
 * @param maxPositionEmbeddings the context: most tokens
 * @param ropeTheta base of the positions' wavelengths
 * @param ropeScaling of positions: {@code rope_type} {@code linear} or {@code llama3} with its numbers; or null
 * @param ropeParameters as newer files have it: base and scaling together; or null
 * @param attentionBias whether the projections of attention have a bias
 * @param mlpBias whether those of the feed-forward net have one
 * @param tieWordEmbeddings whether the embedding is the last layer too
 * @param slidingWindow how many tokens attention sees; null for all
 * @param useSlidingWindow Qwen's switch: without it, all are seen
 * @param bosTokenId begins texts: an id, or null
 * @param eosTokenId ends texts: an id, or a list of them, or null
 */
public record LlamaConfig(String modelType, List<String> architectures, int vocabSize, int hiddenSize,
        int intermediateSize, int numHiddenLayers, int numAttentionHeads, Integer numKeyValueHeads, Integer headDim,
        String hiddenAct, int maxPositionEmbeddings, double initializerRange, double rmsNormEps, double ropeTheta,
        Map<String, Object> ropeScaling, Map<String, Object> ropeParameters, boolean attentionBias, boolean mlpBias,
        boolean tieWordEmbeddings, Integer slidingWindow, boolean useSlidingWindow, Object bosTokenId,
        Object eosTokenId) {
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
    public static final LlamaConfig SMOLLM2_135M = of(Family.LLAMA, 49_152, 576, 1536, 30, 9, 3)
            .context(8192).eps(1e-5).theta(100_000).tied();

    public LlamaConfig {
        Family.of(modelType);
        check("hidden_size", hiddenSize > 0, "at least 1", hiddenSize);
        check("num_attention_heads", numAttentionHeads > 0 && (headDim != null || hiddenSize % numAttentionHeads == 0),
                "heads that divide the width " + hiddenSize + ", or a head_dim", numAttentionHeads);
        check("num_key_value_heads", numKeyValueHeads == null
                || numKeyValueHeads > 0 && numAttentionHeads % numKeyValueHeads == 0,
                "heads that divide the " + numAttentionHeads + " heads of queries", numKeyValueHeads);
        check("head_dim", (headDim == null ? hiddenSize / numAttentionHeads : headDim) % 2 == 0, "an even size",
                headDim == null ? hiddenSize / numAttentionHeads : headDim);
        check("num_hidden_layers", numHiddenLayers > 0, "at least 1", numHiddenLayers);
        check("vocab_size", vocabSize > 0, "at least 1", vocabSize);
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
    }

    /**
     * A model of a family, with a context of 2,048 tokens.
     *
     * @param hidden width
     * @param intermediate width inside the feed-forward net
     * @param groups heads of keys and values
     */
    public static LlamaConfig of(Family family, int vocab, int hidden, int intermediate, int layers, int heads,
            int groups) {
        return new LlamaConfig(family.modelType, List.of(family.architecture), vocab, hidden, intermediate, layers,
                heads, groups, null, family == Family.GEMMA ? "gelu_pytorch_tanh" : "silu", 2048, 0.02, 1e-6, 10_000,
                null, null, false, false, false, null, false, null, null);
    }

    /**
     * Reads {@code config.json}; what it leaves out is as in transformers.
     *
     * @throws IllegalArgumentException if it is not JSON, a setting is wrong, or the model is none of this family
     */
    public static LlamaConfig read(Path folder) {
        var file = ModelFolder.config(folder);
        var family = Family.of(String.valueOf(file.get("model_type")));
        var usual = of(family, 32_000, 4096, 11_008, 32, 32, 32);
        usual = usual.with(null, null, usual.maxPositionEmbeddings, usual.rmsNormEps, usual.ropeTheta, false, null);
        return ModelFolder.config(folder, switch (family) {
            case LLAMA, QWEN2 -> usual;
            case MISTRAL -> {
                var mistral = of(family, 32_000, 4096, 14_336, 32, 32, 8).context(131_072);
                yield file.containsKey("sliding_window") ? mistral : mistral.window(4096); // a null there means none
            }
            case QWEN3 -> usual.head(128);
            case GEMMA -> of(family, 256_000, 3072, 24_576, 28, 16, 16).head(256).context(8192).tied();
        });
    }

    private LlamaConfig with(Integer groups, Integer head, int context, double eps, double theta, boolean tied,
            Integer window) {
        return new LlamaConfig(modelType, architectures, vocabSize, hiddenSize, intermediateSize, numHiddenLayers,
                numAttentionHeads, groups, head, hiddenAct, context, initializerRange, eps, theta, ropeScaling,
                ropeParameters, attentionBias, mlpBias, tied, window, useSlidingWindow, bosTokenId, eosTokenId);
    }

    /** Most tokens. */
    public LlamaConfig context(int tokens) {
        return with(numKeyValueHeads, headDim, tokens, rmsNormEps, ropeTheta, tieWordEmbeddings, slidingWindow);
    }

    /** The size of a head, where it is not the width divided by the heads. */
    public LlamaConfig head(int size) {
        return with(numKeyValueHeads, size, maxPositionEmbeddings, rmsNormEps, ropeTheta, tieWordEmbeddings,
                slidingWindow);
    }

    /** What keeps the norms from dividing by 0. */
    public LlamaConfig eps(double value) {
        return with(numKeyValueHeads, headDim, maxPositionEmbeddings, value, ropeTheta, tieWordEmbeddings,
                slidingWindow);
    }

    /** The base of the positions' wavelengths. */
    public LlamaConfig theta(double base) {
        return with(numKeyValueHeads, headDim, maxPositionEmbeddings, rmsNormEps, base, tieWordEmbeddings,
                slidingWindow);
    }

    /** With the embedding as last layer too. */
    public LlamaConfig tied() {
        return with(numKeyValueHeads, headDim, maxPositionEmbeddings, rmsNormEps, ropeTheta, true, slidingWindow);
    }

    /** With attention that sees so many tokens. */
    public LlamaConfig window(int tokens) {
        return with(numKeyValueHeads, headDim, maxPositionEmbeddings, rmsNormEps, ropeTheta, tieWordEmbeddings,
                tokens);
    }

    /** With what follows from other settings written out, for in files its absence may mean something else. */
    LlamaConfig explicit() {
        return with(groups(), headSize(), maxPositionEmbeddings, rmsNormEps, ropeTheta, tieWordEmbeddings,
                slidingWindow);
    }

    /** Number of key and value heads. */
    public int groups() { return numKeyValueHeads == null ? numAttentionHeads : numKeyValueHeads; }

    /** Size of a head. */
    public int headSize() { return headDim == null ? hiddenSize / numAttentionHeads : headDim; }

    Family family() { return Family.of(modelType); }

    /** How many tokens attention sees; 0 for all. */
    int window() {
        boolean on = slidingWindow != null && (family() == Family.MISTRAL || useSlidingWindow);
        return on ? slidingWindow : 0;
    }

    Frequencies frequencies() {
        if (ropeParameters == null) return Frequencies.of(headSize(), ropeTheta, ropeScaling);
        Object base = ropeParameters.get("rope_theta");
        return Frequencies.of(headSize(), base instanceof Number n ? n.doubleValue() : ropeTheta, ropeParameters);
    }

    Activation activation() {
        return switch (family() == Family.GEMMA ? "gelu_pytorch_tanh" : hiddenAct) {
            case "silu" -> Activation.SILU;
            case "gelu" -> Activation.GELU;
            case "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            default -> throw new IllegalArgumentException("LlamaConfig.hidden_act: expected silu, gelu or"
                    + " gelu_pytorch_tanh. Received " + hiddenAct);
        };
    }

    private static void check(String setting, boolean ok, String expected, Object received) {
        if (ok) return;
        throw new IllegalArgumentException("LlamaConfig." + setting + ": expected " + expected + ". Received "
                + received);
    }
}
