package dev.merapi.data;

import dev.merapi.tensor.Expect;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Batches of samples that come one after another, perhaps without end, made ahead on another thread.
 *
 * <pre>{@code
 * var rows = Samples.files(files, Files::lines).map(Row::parse);
 * var train = StreamLoader.of(rows, 64, Collate.stack(Row::features, Row::label)).shuffle(1337, 10_000);
 * trainer.steps(100_000).evaluateEvery(5_000).fit(train, test);
 * }</pre>
 *
 * It holds the samples of its buffer and the batches made ahead, never all. Its order follows from seed and epoch.
 * {@link #position} tells where it stands, by the {@linkplain Cursor#position cursor's position}: after {@link #resume}
 * come the very batches that were left.
 *
 * @param <B> a batch
 */
public final class StreamLoader<B> implements BatchSource<B> {
    /** What a pass needs to know. */
    record Settings<E, B>(Samples<E> samples, int batchSize, Collate<E, B> collate, long seed, int buffer,
            boolean dropLast) {
        Settings<E, B> shuffle(long newSeed, int newBuffer) {
            return new Settings<>(samples, batchSize, collate, newSeed, newBuffer, dropLast);
        }

        Settings<E, B> shard(int rank, int world) {
            return new Settings<>(samples.shard(rank, world), batchSize, collate, seed, buffer, dropLast);
        }

        Settings<E, B> dropShort() { return new Settings<>(samples, batchSize, collate, seed, buffer, true); }

        StreamReader<E, B> reader(Position start) { return new StreamReader<>(this, start.epoch(), start.state()); }
    }

    private Settings<?, B> settings;
    private int prefetch = 2;
    private Position start = new Position(0, 0);
    private Prefetch<B> pass;

    private StreamLoader(Settings<?, B> settings) { this.settings = settings; }

    /**
     * Batches of samples in their order. The samples are opened, read and closed on the loader's thread.
     *
     * @throws IllegalArgumentException for a batch size below 1
     */
    public static <E, B> StreamLoader<B> of(Samples<E> samples, int batchSize, Collate<E, B> collate) {
        Expect.atLeast("StreamLoader.batchSize", 1, batchSize);
        return new StreamLoader<>(new Settings<>(samples, batchSize, collate, 0, 1, false));
    }

    /** As {@link #of(Samples, int, Collate)}, with batches made by {@link Collate#stack()}. */
    public static <E> StreamLoader<E> of(Samples<E> samples, int batchSize) {
        return of(samples, batchSize, Collate.stack());
    }

    // ---- settings, from the next pass on

    /**
     * Reads so many samples at a time and gives them in an order that follows from seed and epoch. Samples further
     * apart never meet in a batch: where like ones lie together, shuffle the files too.
     */
    public StreamLoader<B> shuffle(long seed, int buffer) {
        Expect.atLeast("StreamLoader.shuffle.buffer", 1, buffer);
        settings = settings.shuffle(seed, buffer);
        return this;
    }

    /** Leaves out the last batch of an epoch if it is short. */
    public StreamLoader<B> dropLast() {
        settings = settings.dropShort();
        return this;
    }

    /** Batches made ahead, at most (2 unless set); with 0 the thread that takes them makes them. */
    public StreamLoader<B> prefetch(int batches) {
        Expect.atLeast("StreamLoader.prefetch", 0, batches);
        prefetch = batches;
        return this;
    }

    /**
     * Leaves the other samples of each pass to {@code world - 1} loaders of the same samples and settings, and other
     * ranks, see {@link Samples#shard}.
     */
    @Override public StreamLoader<B> shard(int rank, int world) {
        settings = settings.shard(rank, world);
        return this;
    }

    /** Samples in a full batch. */
    public int batchSize() { return settings.batchSize(); }

    // ---- passes

    @Override public Batches<B> iterator() {
        if (pass != null) {
            pass.close();
            start = new Position(pass.epoch() + 1, 0);
        }
        pass = new Prefetch<>(settings.reader(start), start, OptionalLong.empty(), Math.min(1, prefetch), prefetch);
        return pass;
    }

    @Override public Position position() { return pass == null ? start : pass.position(); }

    /**
     * Lets the next pass go on from a position of a loader with the same samples and settings.
     *
     * @throws IllegalArgumentException if the samples come only once, or it is no position of such a loader
     */
    @Override public void resume(Position position) {
        if (position.batches() > 0 && !settings.samples().repeatable()) {
            throw new IllegalArgumentException("StreamLoader.resume: expected samples that can be read again. Received"
                    + " Samples.once, whose samples before the place to go on from are gone; begin a new run from the"
                    + " stopped one's weights, in another folder.");
        }
        if ((position.batches() > 0) != (position.state() != null)) {
            throw new IllegalArgumentException("StreamLoader.resume: expected a position that such a loader told."
                    + " Received " + position);
        }
        close();
        start = position;
        pass = null;
    }

    @Override public long plan(int epoch) {
        return Objects.hash(settings.batchSize(), settings.seed(), settings.buffer(), settings.dropLast(), epoch);
    }

    /** Ends the pass under way: waits for the batch being made, closes what is read from, and frees all batches. */
    @Override public void close() { if (pass != null) pass.close(); }
}
