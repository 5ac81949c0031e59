package dev.merapi.tabular.model;

import java.util.List;

/**
 * Sizes that most models of tables have.
 *
 * @param embedding numbers in the vector of each category
 * @param hidden widths of the deep part's layers; none for no such part
 * @param dropout after each of them, in training
 * @param batchNorm whether a batch norm stands before each ReLU
 */
public record DeepOptions(int embedding, List<Integer> hidden, double dropout, boolean batchNorm) {
    /** Vectors of 16, two layers of 128 and 64, dropout 0.1. */
    public static final DeepOptions DEFAULT = new DeepOptions(16, List.of(128, 64), 0.1, false);

    public DeepOptions {
        hidden = List.copyOf(hidden);
        if (embedding < 1) {
            throw new IllegalArgumentException("embedding: expected at least 1. Received " + embedding);
        }
        for (int width : hidden) {
            if (width >= 1) continue;
            throw new IllegalArgumentException("hidden: expected widths of at least 1. Received " + hidden);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout: expected 0 or more, and less than 1. Received " + dropout);
        }
    }

    public DeepOptions withEmbedding(int size) { return new DeepOptions(size, hidden, dropout, batchNorm); }

    public DeepOptions withHidden(Integer... widths) {
        return new DeepOptions(embedding, List.of(widths), dropout, batchNorm);
    }

    public DeepOptions withDropout(double p) { return new DeepOptions(embedding, hidden, p, batchNorm); }

    public DeepOptions withBatchNorm() { return new DeepOptions(embedding, hidden, dropout, true); }
}
