package dev.merapi.tabular.model;

import dev.merapi.tensor.Expect;
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
        Expect.atLeast("embedding", 1, embedding);
        Expect.that(hidden.stream().allMatch(width -> width >= 1), "hidden", "widths of at least 1", hidden);
        Expect.fraction("dropout", dropout);
    }

    public DeepOptions embedding(int size) { return new DeepOptions(size, hidden, dropout, batchNorm); }

    public DeepOptions hidden(Integer... widths) {
        return new DeepOptions(embedding, List.of(widths), dropout, batchNorm);
    }

    public DeepOptions dropout(double p) { return new DeepOptions(embedding, hidden, p, batchNorm); }

    public DeepOptions batchNorm(boolean on) { return new DeepOptions(embedding, hidden, dropout, on); }
}
