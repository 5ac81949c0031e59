package dev.merapi.data;

import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Samples without end, each from a generator that follows from its number: any is reached without those before. */
final class GeneratingCursor<E> implements Cursor<E> {
    private final Function<? super RandomGenerator, ? extends E> make;
    private final long seed;
    private final int epoch;
    private final int stride;
    private long number;

    GeneratingCursor(Function<? super RandomGenerator, ? extends E> make, long seed, int epoch, int first, int stride) {
        this.make = make;
        this.seed = seed;
        this.epoch = epoch;
        this.stride = stride;
        number = first;
    }

    @Override public boolean hasNext() { return true; }

    @Override public E next() {
        E next = make.apply(Seeds.random(seed, Seeds.SAMPLE, epoch, number));
        number += stride;
        return next;
    }

    @Override public String position() { return Place.of(number).toString(); }

    @Override public void seek(String position) { number = Place.parse(position).number(); }
}
