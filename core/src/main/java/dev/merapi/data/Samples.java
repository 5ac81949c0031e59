package dev.merapi.data;

import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Samples one after another, where there are too many for memory or they have no positions: from a generator, a
 * database's cursor, many files. A {@link StreamLoader} makes batches of them.
 *
 * <pre>{@code
 * var rows = Samples.files(files, Files::lines).map(Row::parse);
 * var sums = Samples.generate(1337, random -> new Sum(random.nextInt(100), random.nextInt(100)));
 * }</pre>
 *
 * @param <E> a sample
 */
@FunctionalInterface
public interface Samples<E> {
    /**
     * Begins a pass.
     *
     * @param epoch counted from 0; the same one gives the same samples each time, unless they are not
     *     {@link #repeatable}
     */
    Cursor<E> open(int epoch);

    /** Whether a pass can be opened again, so that a run can be resumed in its middle. */
    default boolean repeatable() { return true; }

    /** The samples in a file. The stream is read step by step; {@code flatMap} would hold whole parts of it. */
    @FunctionalInterface
    interface FileReader<E> {
        /** Opens a file's samples; the stream is closed after the last one, or where a pass ends before it. */
        Stream<E> read(Path file) throws IOException;
    }

    /** The same samples each epoch. A resumed run reads those before its place and throws them away. */
    static <E> Samples<E> of(Iterable<E> samples) { return _ -> Cursor.of(samples.iterator(), () -> { }); }

    /**
     * The samples of a stream for each epoch, such as a query's rows; it is closed at the end of its pass. A resumed
     * run reads those before its place and throws them away.
     *
     * @param stream gives equal samples each time for the same epoch
     */
    static <E> Samples<E> of(IntFunction<Stream<E>> stream) {
        return epoch -> {
            var samples = stream.apply(epoch);
            return Cursor.of(samples.iterator(), samples::close);
        };
    }

    /** Samples that come only once, such as a queue's: of one pass, in whose middle no run can be resumed. */
    static <E> Samples<E> once(Iterator<E> samples) { return new OnceSamples<>(samples); }

    /**
     * Samples without end, each made from a generator that follows from seed, epoch and its number. A resumed run makes
     * none twice.
     */
    static <E> Samples<E> generate(long seed, Function<? super RandomGenerator, ? extends E> make) {
        return new Samples<>() {
            @Override public Cursor<E> open(int epoch) { return new GeneratingCursor<>(make, seed, epoch, 0, 1); }

            @Override public Samples<E> shard(int rank, int world) {
                Shards.check("Samples.shard", rank, world);
                return epoch -> new GeneratingCursor<>(make, seed, epoch, rank, world);
            }
        };
    }

    /** The samples of all files, one file after another. A resumed run begins with the file where it stood. */
    static <E> Samples<E> files(List<Path> files, FileReader<? extends E> reader) {
        var copy = List.copyOf(files);
        return _ -> new FilesCursor<>(copy, reader);
    }

    /** As {@link #files(List, FileReader)}, with the files in a new order each epoch. */
    static <E> Samples<E> files(List<Path> files, long seed, FileReader<? extends E> reader) {
        var copy = List.copyOf(files);
        return epoch -> {
            int[] order = Seeds.shuffle(IntStream.range(0, copy.size()).toArray(),
                    Seeds.random(seed, Seeds.ORDER, epoch));
            return new FilesCursor<>(Arrays.stream(order).mapToObj(copy::get).toList(), reader);
        };
    }

    // ---- new samples from these

    /** Every sample changed by a function. */
    default <R> Samples<R> map(Function<? super E, ? extends R> function) {
        return view(cursor -> new MappedCursor<E, R>(cursor, function));
    }

    /** The first samples of each pass, at most {@code count}. */
    default Samples<E> limit(long count) {
        Expect.atLeast("Samples.limit", 1, count);
        return view(cursor -> new StridedCursor<>(cursor, 0, 1, count));
    }

    /**
     * The samples with the numbers {@code rank}, {@code rank + world}, …: of {@code world} processes each takes a part,
     * and together they take every sample once.
     *
     * @param rank from 0 to below {@code world}
     */
    default Samples<E> shard(int rank, int world) {
        Shards.check("Samples.shard", rank, world);
        return view(cursor -> new StridedCursor<>(cursor, rank, world, Long.MAX_VALUE));
    }

    private <R> Samples<R> view(Function<Cursor<E>, Cursor<R>> change) {
        return new Samples<>() {
            @Override public Cursor<R> open(int epoch) { return change.apply(Samples.this.open(epoch)); }
            @Override public boolean repeatable() { return Samples.this.repeatable(); }
        };
    }
}
