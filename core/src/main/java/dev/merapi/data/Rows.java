package dev.merapi.data;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** The rows of two tensors, by handles of its own, so that the caller's scope may free theirs. */
final class Rows implements Dataset<Batch> {
    private final Tensor x;
    private final Tensor y; // or null

    Rows(Tensor x, Tensor y) {
        this.x = x.detach().owned();
        this.y = y == null ? null : y.detach().owned();
    }

    @Override public int size() { return (int) x.size(0); }

    @Override public Batch get(int index) {
        Objects.checkIndex(index, size());
        return new Batch(x.select(0, index), y == null ? null : y.select(0, index));
    }

    @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
        var index = Tensor.of(Arrays.stream(indices).asLongStream().toArray()).to(x.device());
        return new Batch(x.indexSelect(0, index), y == null ? null : y.indexSelect(0, index));
    }
}
