package dev.merapi.tabular.data;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Rows as a model takes them.
 *
 * @param numbers (B, numbers) float32, scaled, none missing
 * @param categories (B, categories) int64: of each its ids from 0, see {@link TablePreprocessing#inputs}
 * @param lists for each list of ids (B, T) int64, filled up with 0 to the longest of the batch
 * @param crosses (B, crosses) int64: of each its bucket
 * @param target (B): int64 class indices, or float32 numbers; null where there is none
 */
public record TableBatch(Tensor numbers, Tensor categories, List<Tensor> lists, Tensor crosses, Tensor target) {
    public TableBatch {
        lists = List.copyOf(lists);
    }

    /** Number of rows B. */
    public int size() { return (int) numbers.size(0); }
}
