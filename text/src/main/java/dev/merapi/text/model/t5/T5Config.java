package dev.merapi.text.model.t5;

import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Activation;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of a {@link T5}, as Hugging Face's {@code config.json} names them; start from a preset.
 *
 * @param modelType {@code t5}
 * @param architectures the class that transformers loads the weights into
 * @param vocabSize rows of the embedding
 * @param dModel width
 * @param dKv size of each attention head
 * @param dFf size between the two products of the feed-forward net
 * @param numLayers of the encoder
 * @param numDecoderLayers null for as many
 * @param numHeads of attention
 * @param relativeAttentionNumBuckets how many distances the positions' bias tells apart
 * @param relativeAttentionMaxDistance from which on all are one
 * @param initializerFactor scales new weights
 * @param feedForwardProj {@code relu} in T5 1.0, {@code gated-gelu} in T5 1.1 and Flan
 * @param tieWordEmbeddings whether the embedding is the last layer too, as in T5 1.0
 * @param scaleDecoderOutputs whether what the last layer reads is divided by the root of the width, as in T5 1.0
 * @param padTokenId fills texts up
 * @param eosTokenId ends texts
 * @param decoderStartTokenId begins targets
 */
public record T5Config(String modelType, List<String> architectures, int vocabSize, int dModel, int dKv, int dFf,
        int numLayers, Integer numDecoderLayers, int numHeads, int relativeAttentionNumBuckets,
        int relativeAttentionMaxDistance, double dropoutRate, double layerNormEpsilon, double initializerFactor,
        String feedForwardProj, boolean tieWordEmbeddings, boolean scaleDecoderOutputs, int padTokenId, int eosTokenId,
        int decoderStartTokenId) {
    /** 60 million parameters: Raffel et al. 2020, arXiv:1910.10683. */
    public static final T5Config SMALL = of(512, 64, 2048, 6, 8);
    /** 223 million parameters. */
    public static final T5Config BASE = of(768, 64, 3072, 12, 12);
    /** 738 million parameters. */
    public static final T5Config LARGE = of(1024, 64, 4096, 24, 16);
    /** 77 million parameters: Chung et al. 2022, arXiv:2210.11416; the sizes are T5 1.1's. */
    public static final T5Config FLAN_SMALL = of(512, 64, 1024, 8, 6).gated();
    /** 248 million parameters. */
    public static final T5Config FLAN_BASE = of(768, 64, 2048, 12, 12).gated();
    /** 783 million parameters. */
    public static final T5Config FLAN_LARGE = of(1024, 64, 2816, 24, 16).gated();

    private static final String GATED = "gated-";

    public T5Config {
        Expect.atLeast("T5Config.vocab_size", 1, vocabSize);
        Expect.atLeast("T5Config.d_model", 1, dModel);
        Expect.atLeast("T5Config.d_kv", 1, dKv);
        Expect.atLeast("T5Config.d_ff", 1, dFf);
        Expect.atLeast("T5Config.num_heads", 1, numHeads);
        Expect.atLeast("T5Config.num_layers", 1, numLayers);
        Expect.that(numDecoderLayers == null || numDecoderLayers > 0, "T5Config.num_decoder_layers", "at least 1",
                numDecoderLayers);
        Expect.that(relativeAttentionNumBuckets >= 4 && relativeAttentionNumBuckets % 2 == 0,
                "T5Config.relative_attention_num_buckets", "an even number from 4", relativeAttentionNumBuckets);
        Expect.that(relativeAttentionMaxDistance > relativeAttentionNumBuckets / 2,
                "T5Config.relative_attention_max_distance", "more than " + relativeAttentionNumBuckets / 2
                + ", half the buckets", relativeAttentionMaxDistance);
        Expect.fraction("T5Config.dropout_rate", dropoutRate);
        id("pad_token_id", padTokenId, vocabSize);
        id("eos_token_id", eosTokenId, vocabSize);
        id("decoder_start_token_id", decoderStartTokenId, vocabSize);
        activation(feedForwardProj);
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
    }

    /** T5 1.0 with its vocabulary of 32,128, and as many layers on both sides. */
    public static T5Config of(int dModel, int dKv, int dFf, int layers, int heads) {
        return new T5Config("t5", List.of("T5ForConditionalGeneration"), 32_128, dModel, dKv, dFf, layers, null, heads,
                32, 128, 0.1, 1e-6, 1, "relu", true, true, 0, 1, 0);
    }

    /** As T5 1.1 and Flan are: a gated feed-forward net, and a last layer of its own. */
    public T5Config gated() {
        return with(vocabSize, dropoutRate, GATED + "gelu", false, false);
    }

    private T5Config with(int vocab, double dropout, String projection, boolean tied, boolean scaled) {
        return new T5Config(modelType, architectures, vocab, dModel, dKv, dFf, numLayers, numDecoderLayers, numHeads,
                relativeAttentionNumBuckets, relativeAttentionMaxDistance, dropout, layerNormEpsilon,
                initializerFactor, projection, tied, scaled, padTokenId, eosTokenId, decoderStartTokenId);
    }

    /** The same for a vocabulary of another size. */
    public T5Config vocabSize(int rows) {
        return with(rows, dropoutRate, feedForwardProj, tieWordEmbeddings, scaleDecoderOutputs);
    }

    /** The same with another probability of every dropout, in [0, 1). */
    public T5Config dropout(double rate) {
        return with(vocabSize, rate, feedForwardProj, tieWordEmbeddings, scaleDecoderOutputs);
    }

    /** With a last layer of its own. */
    T5Config untied() { return with(vocabSize, dropoutRate, feedForwardProj, false, scaleDecoderOutputs); }

    /**
     * Reads {@code config.json}; what it leaves out is as in transformers.
     *
     * @throws IllegalArgumentException if it is not JSON, or a setting is wrong
     */
    public static T5Config read(Path folder) {
        ModelFolder.expectNoRun(folder);
        var config = ModelFolder.config(folder, SMALL);
        if (ModelFolder.config(folder).containsKey("scale_decoder_outputs")) return config; // from transformers 5 on
        boolean tied = config.tieWordEmbeddings; // before, one setting stood for both
        return config.with(config.vocabSize, config.dropoutRate, config.feedForwardProj, tied, tied);
    }

    int decoderLayers() { return numDecoderLayers == null ? numLayers : numDecoderLayers; }

    boolean isGated() { return feedForwardProj.startsWith(GATED); }

    Activation activation() { return activation(feedForwardProj); }

    private static Activation activation(String name) {
        return switch (name) {
            case "relu", GATED + "relu" -> Activation.RELU;
            case "gelu" -> Activation.GELU;
            case "gelu_new", GATED + "gelu", GATED + "gelu_new" -> Activation.GELU_TANH; // as transformers reads it
            case "silu", GATED + "silu" -> Activation.SILU;
            default -> throw new IllegalArgumentException("T5Config.feed_forward_proj: expected relu, gelu, gelu_new,"
                    + " silu or one of them behind gated-. Received " + name);
        };
    }

    private static void id(String setting, int id, int vocabSize) {
        Expect.that(id >= 0 && id < vocabSize, "T5Config." + setting, "an id from 0 to " + (vocabSize - 1), id);
    }
}
