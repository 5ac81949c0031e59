package dev.merapi.tabular.data;

import dev.merapi.data.Dataset;
import dev.merapi.data.Tree;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Encoded rows in memory: batches are made by one selection from each tensor. */
public final class TableRows implements Dataset<TableBatch> {
    private final TableBatch all;

    /** By handles of its own, so that the caller's scope may free those of {@code all}. */
    TableRows(TableBatch all) { this.all = Tree.map(all, tensor -> tensor.detach().owned()); }

    /** All rows as one batch, whose tensors belong to this. */
    public TableBatch all() { return all; }

    @Override public int size() { return all.size(); }

    /** A batch of one row. */
    @Override public TableBatch get(int index) {
        Objects.checkIndex(index, size());
        return Tree.map(all, tensor -> tensor.narrow(0, index, 1));
    }

    @Override public TableBatch batch(int[] indices, RandomGenerator[] randoms) {
        var index = Tensor.of(Arrays.stream(indices).asLongStream().toArray());
        return Tree.map(all, tensor -> tensor.indexSelect(0, index));
    }
}
