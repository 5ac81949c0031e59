package dev.merapi.bench;

import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The same random training data for every contender, in the contender's own tensors.
 *
 * <p>Each batch of inputs meets each batch of labels in turn, so no model can memorise its way to a zero
 * loss, where vanishing gradients become denormal numbers that some engines flush and others crawl through.
 *
 * @param <X> the engine's tensor of inputs
 * @param <Y> the engine's tensor of labels
 */
public final class Batches<X, Y> {
    /** Coprime with {@link #LABELS}, so that all pairs occur. */
    private static final int INPUTS = 8;
    private static final int LABELS = 7;

    private final List<X> inputs;
    private final List<Y> labels;
    private int step = -1;

    /** Makes the batches; both functions take a seed to hand to {@link #normal} or {@link #integers}. */
    public Batches(IntFunction<X> inputs, IntFunction<Y> labels) {
        this.inputs = IntStream.range(0, INPUTS).mapToObj(inputs).toList();
        this.labels = IntStream.range(INPUTS, INPUTS + LABELS).mapToObj(labels).toList();
    }

    /** Goes on to the next pair. */
    public void next() { step++; }

    /** The inputs of the current pair. */
    public X inputs() { return inputs.get(step % INPUTS); }

    /** The labels of the current pair. */
    public Y labels() { return labels.get(step % LABELS); }

    /** {@code count} numbers of a standard normal distribution. */
    public static float[] normal(int seed, int count) {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (float) random.nextGaussian();
        return values;
    }

    /** {@code count} integers, uniform in [0, bound). */
    public static int[] integers(int seed, int count, int bound) {
        return new Random(seed).ints(count, 0, bound).toArray();
    }
}
