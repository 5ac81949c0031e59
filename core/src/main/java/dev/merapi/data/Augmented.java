package dev.merapi.data;

import java.util.random.RandomGenerator;

record Augmented<E>(Dataset<E> data, RandomTransform<E> transform) implements Dataset<E> {
    @Override public int size() { return data.size(); }

    @Override public E get(int index) { return get(index, Seeds.random(0, Seeds.SAMPLE, index)); }

    @Override public E get(int index, RandomGenerator random) {
        return transform.apply(data.get(index, random), random);
    }
}
