package dev.merapi.play.env;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What an action or an observation may be.
 *
 * <pre>{@code
 * var moves = new Space.Discrete(4);
 * IO.println(moves.contains(4));                           // false
 * var torque = Space.Box.of(-2, 2, 1);
 * float[] some = torque.sample(new Chance(1));
 * }</pre>
 *
 * @param <A> a member
 */
public sealed interface Space<A> {
    /** Whether it is a member. */
    boolean contains(A value);

    /** A member, each as likely as any other; of an unbounded box normal. */
    A sample(RandomGenerator random);

    /**
     * A member that a mask allows.
     *
     * @param mask one place for each choice, as {@link Env#actionMask}; null for all
     */
    A sample(RandomGenerator random, boolean[] mask);

    /** How many numbers a member is. */
    int width();

    /** A member as numbers, for memories and files. */
    float[] encode(A value);

    /** What {@link #encode} made numbers of. */
    A decode(float[] numbers);

    /** A member in words, for messages. */
    String describe(A value);

    /** 0 to n − 1. */
    record Discrete(int n) implements Space<Integer> {
        public Discrete {
            Expect.atLeast("Space.Discrete", 1, n);
        }

        @Override public boolean contains(Integer value) { return value != null && value >= 0 && value < n; }

        @Override public Integer sample(RandomGenerator random) { return random.nextInt(n); }

        @Override public Integer sample(RandomGenerator random, boolean[] mask) {
            return mask == null ? sample(random) : Masks.pick(random, mask, 0, n);
        }

        @Override public int width() { return 1; }

        @Override public float[] encode(Integer value) { return new float[] {value}; }

        @Override public Integer decode(float[] numbers) { return (int) numbers[0]; }

        @Override public String describe(Integer value) { return String.valueOf(value); }

        @Override public String toString() { return "an action from 0 to " + (n - 1); }
    }

    /** Several choices at once, choice i from 0 to {@code counts[i] − 1}. */
    record MultiDiscrete(int... counts) implements Space<int[]> {
        public MultiDiscrete {
            counts = counts.clone();
            Expect.atLeast("Space.MultiDiscrete", 1, counts.length);
            for (int count : counts) Expect.atLeast("Space.MultiDiscrete", 1, count);
        }

        /** How many there are of each. */
        @Override public int[] counts() { return counts.clone(); }

        @Override public boolean contains(int[] value) {
            if (value == null || value.length != counts.length) return false;
            for (int i = 0; i < counts.length; i++) if (value[i] < 0 || value[i] >= counts[i]) return false;
            return true;
        }

        @Override public int[] sample(RandomGenerator random) { return sample(random, null); }

        @Override public int[] sample(RandomGenerator random, boolean[] mask) {
            var value = new int[counts.length];
            for (int i = 0, from = 0; i < counts.length; from += counts[i++]) {
                value[i] = mask == null ? random.nextInt(counts[i]) : Masks.pick(random, mask, from, counts[i]);
            }
            return value;
        }

        @Override public int width() { return counts.length; }

        @Override public float[] encode(int[] value) {
            var numbers = new float[value.length];
            for (int i = 0; i < value.length; i++) numbers[i] = value[i];
            return numbers;
        }

        @Override public int[] decode(float[] numbers) {
            var value = new int[numbers.length];
            for (int i = 0; i < value.length; i++) value[i] = (int) numbers[i];
            return value;
        }

        @Override public String describe(int[] value) { return Arrays.toString(value); }

        @Override public boolean equals(Object other) {
            return other instanceof MultiDiscrete that && Arrays.equals(counts, that.counts);
        }

        @Override public int hashCode() { return Arrays.hashCode(counts); }

        @Override public String toString() { return "choices below " + Arrays.toString(counts); }
    }

    /**
     * Numbers in bounds, in row-major order.
     *
     * @param low smallest allowed, which may be −∞
     * @param high largest allowed, which may be ∞
     */
    record Box(float[] low, float[] high, long[] shape) implements Space<float[]> {
        public Box {
            low = low.clone();
            high = high.clone();
            shape = shape.clone();
            long size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            Expect.that(low.length == size && high.length == size, "Space.Box", size + " bounds on each side, as the"
                    + " shape " + Arrays.toString(shape) + " has numbers", low.length + " and " + high.length);
            for (int i = 0; i < size; i++) {
                Expect.that(low[i] <= high[i], "Space.Box", "low ≤ high", low[i] + " and " + high[i]);
            }
        }

        /** With the same bounds everywhere. */
        public static Box of(double low, double high, long... shape) {
            int size = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
            var lows = new float[size];
            var highs = new float[size];
            Arrays.fill(lows, (float) low);
            Arrays.fill(highs, (float) high);
            return new Box(lows, highs, shape);
        }

        /** Without bounds. */
        public static Box unbounded(long... shape) {
            return of(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, shape);
        }

        @Override public float[] low() { return low.clone(); }

        @Override public float[] high() { return high.clone(); }

        @Override public long[] shape() { return shape.clone(); }

        @Override public boolean contains(float[] value) {
            if (value == null || value.length != low.length) return false;
            for (int i = 0; i < low.length; i++) if (!(value[i] >= low[i] && value[i] <= high[i])) return false;
            return true;
        }

        @Override public float[] sample(RandomGenerator random) {
            var value = new float[low.length];
            for (int i = 0; i < value.length; i++) {
                boolean bounded = Float.isFinite(low[i]) && Float.isFinite(high[i]);
                double drawn = bounded ? low[i] + random.nextDouble() * ((double) high[i] - low[i])
                        : random.nextGaussian();
                value[i] = Math.clamp((float) drawn, low[i], high[i]);
            }
            return value;
        }

        @Override public float[] sample(RandomGenerator random, boolean[] mask) {
            Expect.that(mask == null, "Space.Box.sample", "no mask: a box has no choices", "one");
            return sample(random);
        }

        @Override public int width() { return low.length; }

        @Override public float[] encode(float[] value) { return value.clone(); }

        @Override public float[] decode(float[] numbers) { return numbers.clone(); }

        @Override public String describe(float[] value) { return Arrays.toString(value); }

        @Override public boolean equals(Object other) {
            return other instanceof Box that && Arrays.equals(low, that.low) && Arrays.equals(high, that.high)
                    && Arrays.equals(shape, that.shape);
        }

        @Override public int hashCode() { return Arrays.hashCode(low) * 31 + Arrays.hashCode(high); }

        @Override public String toString() {
            boolean alike = low.length > 0;
            for (int i = 1; i < low.length; i++) alike &= low[i] == low[0] && high[i] == high[0];
            return "numbers of shape " + Arrays.toString(shape) + " from " + (alike ? low[0] : Arrays.toString(low))
                    + " to " + (alike ? high[0] : Arrays.toString(high));
        }
    }
}
