package dev.merapi.data;

import java.util.random.RandomGenerator;

record Concat<E>(Dataset<E> first, Dataset<E> second) implements Dataset<E> {
    @Override public int size() { return Math.addExact(first.size(), second.size()); }

    @Override public E get(int index) {
        return index < first.size() ? first.get(index) : second.get(index - first.size());
    }

    @Override public E get(int index, RandomGenerator random) {
        return index < first.size() ? first.get(index, random) : second.get(index - first.size(), random);
    }
}
