package dev.merapi.play.env;

import java.util.random.RandomGenerator;

/**
 * A generator of random numbers whose state is one number, so that a checkpoint can keep it: SplitMix64 (Steele, Lea
 * and Flood 2014).
 */
public final class Chance implements RandomGenerator {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    /** From a seed; near seeds give unrelated numbers. */
    public Chance(long seed) { this.state = seed; }

    /** A seed that follows from another and a place, such as the number of an environment and of its episode. */
    public static long seed(long seed, long... place) {
        long mixed = mix(seed + GOLDEN);
        for (long p : place) mixed = mix(mixed ^ mix(p + GOLDEN));
        return mixed;
    }

    @Override public long nextLong() { return mix(state += GOLDEN); }

    /** For a checkpoint. */
    public long state() { return state; }

    /** Goes on from a {@link #state()}. */
    public void state(long saved) { state = saved; }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
