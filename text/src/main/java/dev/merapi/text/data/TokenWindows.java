package dev.merapi.text.data;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.Tensor;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Windows of T tokens: x, and y one token later; side by side, or at random places. A batch is (B, T) each. */
record TokenWindows(TokenFile tokens, int length, int size, boolean random) implements Dataset<Batch> {
    /** A random window follows from the position, the same each time. */
    @Override public Batch get(int index) { return get(index, new SplittableRandom(index)); }

    @Override public Batch get(int index, RandomGenerator generator) {
        var batch = batch(new int[] {index}, new RandomGenerator[] {generator});
        return new Batch(batch.x().select(0, 0), batch.y().select(0, 0));
    }

    @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
        var x = new long[indices.length * length];
        var y = new long[indices.length * length];
        for (int i = 0; i < indices.length; i++) {
            long start = start(indices[i], randoms[i]);
            tokens.copy(start, x, i * length, length);
            tokens.copy(start + 1, y, i * length, length);
        }
        return new Batch(Tensor.of(x, indices.length, length), Tensor.of(y, indices.length, length));
    }

    private long start(int index, RandomGenerator generator) {
        Objects.checkIndex(index, size);
        return random ? generator.nextLong(tokens.size() - length) : (long) index * length;
    }
}
