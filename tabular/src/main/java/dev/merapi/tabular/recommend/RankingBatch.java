package dev.merapi.tabular.recommend;

import dev.merapi.tensor.Tensor;

/** What a {@link RankingTask} learns from, or is measured by. */
public sealed interface RankingBatch {
    /**
     * Interactions, each with items that its user did not have.
     *
     * @param users (B) int64
     * @param items (B, 1 + N) int64: the one had, then those drawn
     * @param ratings (B) float32
     */
    record Pairs(Tensor users, Tensor items, Tensor ratings) implements RankingBatch {}

    /**
     * Histories, for {@link SasRec}: items + 1, 0 filling up the beginning.
     *
     * @param items (B, T) int64
     * @param next (B, T) int64: what follows each
     * @param drawn (B, T, N) int64: what does not
     */
    record Sequences(Tensor items, Tensor next, Tensor drawn) implements RankingBatch {}

    /**
     * Users to recommend to, and what they chose later.
     *
     * @param users (B) int64
     * @param relevant (B, R) int64 items, filled up with -1
     */
    record Queries(Tensor users, Tensor relevant) implements RankingBatch {}
}
