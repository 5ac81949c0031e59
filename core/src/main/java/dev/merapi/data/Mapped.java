package dev.merapi.data;

import java.util.function.Function;
import java.util.random.RandomGenerator;

record Mapped<E, R>(Dataset<E> data, Function<? super E, ? extends R> function) implements Dataset<R> {
    @Override public int size() { return data.size(); }

    @Override public R get(int index) { return function.apply(data.get(index)); }

    @Override public R get(int index, RandomGenerator random) { return function.apply(data.get(index, random)); }
}
