package dev.merapi.text.model.gpt;

import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Activation;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of a {@link Gpt2}, as Hugging Face's {@code config.json} names them.
 *
 * @param modelType {@code gpt2}
 * @param architectures the class that transformers loads the weights into
 * @param vocabSize rows of the embedding
 * @param nPositions the context: most tokens
 * @param nEmbd width
 * @param nInner size between the two products of the feed-forward net; null for four times the width
 * @param activationFunction {@code gelu_new}, {@code gelu} or {@code relu}
 * @param embdPdrop dropout of the embeddings
 * @param attnPdrop dropout of the attention weights
 * @param residPdrop dropout of what is added to the residual path
 * @param initializerRange deviation of new weights
 */
public record Gpt2Config(String modelType, List<String> architectures, int vocabSize, int nPositions, int nEmbd,
        int nLayer, int nHead, Integer nInner, String activationFunction, double embdPdrop, double attnPdrop,
        double residPdrop, double layerNormEpsilon, double initializerRange) {
    /** 124 million parameters. */
    public static final Gpt2Config SMALL = of(50257, 1024, 12, 12, 768, 0.1);
    /** 355 million parameters. */
    public static final Gpt2Config MEDIUM = of(50257, 1024, 24, 16, 1024, 0.1);
    /** 774 million parameters. */
    public static final Gpt2Config LARGE = of(50257, 1024, 36, 20, 1280, 0.1);
    /** 1,558 million parameters. */
    public static final Gpt2Config XL = of(50257, 1024, 48, 25, 1600, 0.1);
    /** 0.8 million parameters: nanoGPT's for a CPU, on Shakespeare's 65 characters. */
    public static final Gpt2Config NANO = of(65, 64, 4, 4, 128, 0);

    public Gpt2Config {
        Expect.that(nHead > 0 && nEmbd > 0 && nEmbd % nHead == 0, "Gpt2Config.n_head", "heads that divide the width "
                + nEmbd, nHead);
        Expect.atLeast("Gpt2Config.n_layer", 1, nLayer);
        Expect.atLeast("Gpt2Config.vocab_size", 1, vocabSize);
        Expect.atLeast("Gpt2Config.n_positions", 1, nPositions);
        Expect.probability("Gpt2Config.embd_pdrop", embdPdrop);
        Expect.probability("Gpt2Config.attn_pdrop", attnPdrop);
        Expect.probability("Gpt2Config.resid_pdrop", residPdrop);
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
        activation(activationFunction);
    }

    /** With one probability for all dropouts. */
    public static Gpt2Config of(int vocabSize, int context, int layers, int heads, int width, double dropout) {
        return new Gpt2Config("gpt2", List.of("GPT2LMHeadModel"), vocabSize, context, width, layers, heads, null,
                "gelu_new", dropout, dropout, dropout, 1e-5, 0.02);
    }

    /**
     * Reads {@code config.json}; what it leaves out is as in transformers.
     *
     * @throws IllegalArgumentException if it is not JSON, or a setting is wrong
     */
    public static Gpt2Config read(Path folder) {
        ModelFolder.expectNoRun(folder);
        return ModelFolder.config(folder, SMALL);
    }

    int inner() { return nInner == null ? 4 * nEmbd : nInner; }

    Activation activation() { return activation(activationFunction); }

    private static Activation activation(String name) {
        return switch (name) {
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "gelu" -> Activation.GELU;
            case "relu" -> Activation.RELU;
            case "silu" -> Activation.SILU;
            default -> throw new IllegalArgumentException("Gpt2Config.activation_function: expected gelu_new, gelu,"
                    + " relu or silu. Received " + name);
        };
    }
}
