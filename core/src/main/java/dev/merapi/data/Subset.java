package dev.merapi.data;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Keeps the whole-batch path of the data set below. */
final class Subset<E> implements Dataset<E> {
    private final Dataset<E> data;
    private final int[] indices;

    Subset(Dataset<E> data, int[] indices) {
        for (int index : indices) {
            if (index < 0 || index >= data.size()) {
                throw new IllegalArgumentException("Dataset.subset: expected positions from 0 to "
                        + (data.size() - 1) + ". Received " + index);
            }
        }
        this.data = data;
        this.indices = indices.clone();
    }

    @Override public int size() { return indices.length; }

    @Override public E get(int index) { return data.get(indices[index]); }

    @Override public E get(int index, RandomGenerator random) { return data.get(indices[index], random); }

    @Override public E batch(int[] chosen, RandomGenerator[] randoms) { return data.batch(below(chosen), randoms); }

    @Override public List<E> samples(int[] chosen, RandomGenerator[] randoms) {
        return data.samples(below(chosen), randoms);
    }

    private int[] below(int[] chosen) { return Arrays.stream(chosen).map(i -> indices[i]).toArray(); }
}
