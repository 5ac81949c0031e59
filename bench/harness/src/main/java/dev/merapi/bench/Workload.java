package dev.merapi.bench;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What one step does: on the CPU, in float32 if nothing else is said, with inputs that lie in the engine's memory. */
public enum Workload {
    /** Input (64, 3, 32, 32), 10 classes. */
    CIFAR_CNN("cifar-cnn", 64, "images", """
            Training step of the Keras CIFAR CNN, batch 64: Conv 3→32 3x3, ReLU, MaxPool 2, \
            Conv 32→64 3x3, ReLU, MaxPool 2, Flatten, Dense 64, ReLU, Dense 10; cross-entropy, Adam 1e-3."""),

    /** Input (32, 3, 32, 32), 10 classes. */
    RESNET18("resnet18", 32, "images", """
            Training step of ResNet-18 with the CIFAR stem (3x3, stride 1, no pooling), images of 32x32, \
            batch 32; cross-entropy, Adam 1e-3."""),

    /** Input (8, 128) tokens of a vocabulary of 8192, 10 classes. */
    TRANSFORMER("transformer", 8 * 128, "tokens", """
            Training step of a Transformer encoder (4 layers, width 256, 4 heads, feed-forward 1024, GELU, \
            post-norm, no dropout) on 8 sequences of 128 tokens: vocabulary 8192, learned positions, \
            mean pooling, Dense 10; cross-entropy, Adam 1e-3."""),

    /** Input (8, 128) tokens, 2 classes. */
    BERT_TRAIN("bert-train", 8 * 128, "tokens", """
            Training step of BERT-base (110M parameters) with a classifier of 2 classes on the pooled output, \
            8 sequences of 128 tokens, no dropout; cross-entropy, AdamW 1e-5."""),

    /** As {@link #BERT_TRAIN}, products in bfloat16 where a contender can. */
    BERT_TRAIN_BF16("bert-train-bf16", 8 * 128, "tokens", """
            As bert-train, Merapi in mixed precision: products in bfloat16, weights and the rest in float32. \
            DJL has no mixed precision and runs in float32."""),

    /** Input (1, 32) tokens. */
    MINILM_1X32("minilm-1x32", 32, "tokens", minilm(1, 32)),

    /** Input (1, 128) tokens. */
    MINILM_1X128("minilm-1x128", 128, "tokens", minilm(1, 128)),

    /** Input (8, 128) tokens. */
    MINILM_8X128("minilm-8x128", 8 * 128, "tokens", minilm(8, 128)),

    /** 1024 rows of {@link #DEEPFM_NUMBERS} numbers and {@link #DEEPFM_CATEGORIES} categories, 2 classes. */
    DEEPFM("deepfm", 1024, "rows", """
            Training step of DeepFM on 1024 rows of 10 numbers and 16 categories of 10,000 ids each: vectors of 16, \
            layers of 128 and 64, no dropout; binary cross-entropy, Adam 1e-3 on all rows of the tables."""),

    /** {@link Recordings}, 52 seconds of features. */
    DEEP_SPEECH("deep-speech", Recordings.SECONDS, "seconds of sound", """
            Training step of Deep Speech 2 (2 convolutions of 16 channels, 2 bidirectional GRUs of 192, batch norm, no \
            dropout; time shortened to a third) on 16 recordings of 2.5 to 4 s, 80 bands each 10 ms, 29 classes; CTC, \
            Adam 1e-3."""),

    /** One token of one sequence. */
    GPT2_DECODE("gpt2-decode", 1, "tokens", """
            GPT-2 small (124M parameters) reads one token after up to 127 others and gives the logits of the next; \
            raw is what the memory allows: it reads as many bytes as the weights have, and does nothing else."""),

    /** Two (2, 3) tensors. */
    TINY_ADD("tiny-add", 1, "adds", """
            Adds two 2x3 tensors that need no gradient, and frees the sum: the cost of a call.""");

    public static final int DEEPFM_NUMBERS = 10;
    public static final int DEEPFM_CATEGORIES = 16;
    /** Of each category. */
    public static final int DEEPFM_IDS = 10_000;

    private final String id;
    private final int items;
    private final String unit;
    private final String summary;

    Workload(String id, int items, String unit, String summary) {
        this.id = id;
        this.items = items;
        this.unit = unit;
        this.summary = summary;
    }

    private static String minilm(int batch, int length) {
        return "Inference with MiniLM-L6 (6 layers, width 384, 12 heads): the last hidden states of %d x %d tokens."
                .formatted(batch, length);
    }

    /** The name on the command line, as {@code cifar-cnn}. */
    public String id() { return id; }

    /** How many {@link #unit()} one step works through. */
    public int items() { return items; }

    /** What is counted, as {@code images}. */
    public String unit() { return unit; }

    /** One sentence for the report. */
    public String summary() { return summary; }

    /**
     * The workload of that id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Workload of(String id) {
        for (var workload : values()) {
            if (workload.id.equals(id)) return workload;
        }
        var ids = Arrays.stream(values()).map(Workload::id).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("workload: expected one of " + ids + ". Received " + id + ".");
    }
}
