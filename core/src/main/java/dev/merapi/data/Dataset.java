package dev.merapi.data;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Samples by their position.
 *
 * <pre>{@code
 * var images = Dataset.of(files).map(Image::read).augment((image, random) -> flip(image, random.nextBoolean()));
 * }</pre>
 *
 * A loader calls {@code get} on its workers, from several threads at once if it has several.
 *
 * @param <E> a sample; the usual supervised one is a {@link Batch} without the batch dimension
 */
public interface Dataset<E> {
    /**
     * Number of samples. An int, as positions are: the order of an epoch, an array of positions, is kept in memory.
     * More than 2³¹ - 1 samples come one after another, as {@link Samples}.
     */
    int size();

    /** The sample at a position from 0. */
    E get(int index);

    /** All samples in order, each read when the stream comes to it. */
    default Stream<E> stream() { return IntStream.range(0, size()).mapToObj(this::get); }

    /** The sample at a position, changed at random where the data set has a random transform. */
    default E get(int index, RandomGenerator random) { return get(index); }

    /**
     * The samples at these positions joined into one of the same type, with the batch as the first dimension of every
     * tensor. Stacks them one by one, as {@link Collate#stack}; data sets over big arrays override it to build a whole
     * batch at once.
     *
     * @param randoms a generator for each position
     * @throws IllegalArgumentException if samples of this type cannot be stacked, or shapes differ
     */
    default E batch(int[] indices, RandomGenerator[] randoms) {
        return Collate.<E>stack().collate(samples(indices, randoms));
    }

    /**
     * The samples at these positions, one by one.
     *
     * @throws SampleException if one of them cannot be read, or is null
     */
    default List<E> samples(int[] indices, RandomGenerator[] randoms) {
        var samples = new ArrayList<E>(indices.length);
        for (int i = 0; i < indices.length; i++) {
            try {
                E sample = get(indices[i], randoms[i]);
                if (sample == null) throw new SampleException(indices[i]);
                samples.add(sample);
            } catch (SampleException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new SampleException(indices[i], e);
            }
            if (Thread.currentThread().isInterrupted()) throw new SampleException(indices[i], "interrupted");
        }
        return samples;
    }

    // ---- new data sets from this one

    /** Every sample changed by a function, when it is asked for. */
    default <R> Dataset<R> map(Function<? super E, ? extends R> function) { return new Mapped<>(this, function); }

    /**
     * Every sample changed at random. In a loader the generator follows from seed, epoch and place, so that results do
     * not depend on the number of workers; {@link #get(int)} alone seeds it by the position, the same each time.
     */
    default Dataset<E> augment(RandomTransform<E> transform) { return new Augmented<>(this, transform); }

    /** The samples at these positions, in this order; a position may come more than once. */
    default Dataset<E> subset(int... indices) { return new Subset<>(this, indices); }

    /** The samples that pass a test. Reads every sample once, now. */
    default Dataset<E> filter(Predicate<? super E> test) {
        return subset(IntStream.range(0, size()).filter(i -> {
            try (var _ = Scope.open()) {
                return test.test(get(i));
            }
        }).toArray());
    }

    /** These samples, then the other's. */
    default Dataset<E> concat(Dataset<E> other) { return new Concat<>(this, other); }

    // ---- data sets in memory

    /** The samples of a list. */
    static <E> Dataset<E> of(List<E> samples) {
        var copy = List.copyOf(samples);
        return new Dataset<>() {
            @Override public int size() { return copy.size(); }
            @Override public E get(int index) { return copy.get(index); }
        };
    }

    /** The rows of x (N, …) and y (N, …), or null for none. Batches are made by one selection from each. */
    static Dataset<Batch> of(Tensor x, Tensor y) {
        if (x.rank() == 0 || y != null && (y.rank() == 0 || x.size(0) != y.size(0))) {
            throw new IllegalArgumentException("Dataset.of: expected x and y with equally many rows. Received "
                    + x.describe() + (y == null ? "" : " and " + y.describe()));
        }
        return new Rows(x, y);
    }

    /** Rows of features as float32 (N, F) and class labels as int64 (N). */
    static Dataset<Batch> of(float[][] x, int[] labels) {
        return of(Tensor.of(x), Tensor.of(Arrays.stream(labels).asLongStream().toArray()));
    }

    /** Rows of features as float32 (N, F) and targets as float32 (N), for a regression with one output. */
    static Dataset<Batch> of(float[][] x, float[] y) { return of(Tensor.of(x), Tensor.of(y)); }
}
