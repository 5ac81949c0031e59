package dev.merapi.data;

import java.util.SplittableRandom;

/** Independent generators from a seed and the place in training where they are used. */
final class Seeds {
    /** What a generator is for, so that equal seeds do not meet. */
    static final int ORDER = 1;
    static final int SAMPLE = 2;
    static final int SPLIT = 3;

    private Seeds() {}

    static SplittableRandom random(long seed, int purpose, long... place) {
        long mixed = mix(mix(seed) ^ purpose);
        for (long p : place) mixed = mix(mixed ^ p) + p;
        return new SplittableRandom(mix(mixed));
    }

    /** The finalizer of MurmurHash3 (Appleby): each bit of the input changes half of the output's. */
    private static long mix(long z) {
        z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
        z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return z ^ (z >>> 33);
    }

    /** Fisher and Yates' shuffle, in place. */
    static int[] shuffle(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
        return values;
    }
}
