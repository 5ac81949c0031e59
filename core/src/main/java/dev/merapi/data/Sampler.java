package dev.merapi.data;

import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Which samples an epoch takes, in which order. */
public interface Sampler {
    /** Number of positions in an epoch. */
    int size();

    /** The positions of an epoch, counted from 0; the same each time for the same epoch. */
    int[] order(int epoch);

    /** 0, 1, 2, … */
    static Sampler sequential(int size) { return of(size, _ -> IntStream.range(0, size).toArray()); }

    /** Every position once, in an order that follows from seed and epoch. */
    static Sampler random(int size, long seed) {
        return of(size, epoch -> Seeds.shuffle(IntStream.range(0, size).toArray(),
                Seeds.random(seed, Seeds.ORDER, epoch)));
    }

    private static Sampler of(int size, IntFunction<int[]> order) {
        return new Sampler() {
            @Override public int size() { return size; }
            @Override public int[] order(int epoch) { return order.apply(epoch); }
        };
    }
}
