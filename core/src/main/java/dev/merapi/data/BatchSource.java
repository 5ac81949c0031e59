package dev.merapi.data;

import java.util.OptionalLong;

/**
 * Where batches come from, in passes: what a trainer trains on and evaluates with. A {@link Loader} is one over data
 * with positions, a {@link StreamLoader} one over samples that come one after another, perhaps without end.
 *
 * <p>Each pass is the next epoch, counted from 0. One pass is open at a time; the next one, and {@link #close}, end it.
 * A source is for one consuming thread.
 *
 * @param <B> a batch
 */
public interface BatchSource<B> extends Iterable<B>, AutoCloseable {
    /**
     * Where training stands in the data.
     *
     * @param epoch passes begun before this one
     * @param batches batches taken in this one
     * @param state what the source needs beside these to go on from there, or null for nothing; a run's checkpoint
     *     keeps it
     */
    record Position(int epoch, long batches, String state) {
        public Position {
            if (epoch < 0 || batches < 0) {
                throw new IllegalArgumentException("BatchSource.Position: expected epoch and batches from 0. Received "
                        + epoch + " and " + batches);
            }
        }

        /** A position of a source that needs no state beside the two numbers. */
        public Position(int epoch, long batches) { this(epoch, batches, null); }
    }

    /** Begins the next epoch. */
    @Override Batches<B> iterator();

    /** Batches in a pass; empty where nobody knows before its end, or it has none. */
    default OptionalLong length() { return OptionalLong.empty(); }

    /** Where the consumer stands; after the end of a pass, the start of the next. */
    Position position();

    /**
     * Lets the next pass go on from a position of a source with the same data and settings: it gives the batches that
     * are left of that epoch.
     *
     * @throws IllegalArgumentException if this source cannot do so
     */
    void resume(Position position);

    /**
     * A number that follows from what the source gives in an epoch: equal for the same order, batch size and seed. Two
     * sources of one plan give, up to the samples themselves, the same batches. A source that knows nothing says 0.
     */
    default long plan(int epoch) { return 0; }

    /**
     * Leaves the other batches of each pass to {@code world - 1} sources of the same data and settings, and other
     * ranks: together they give what one does without this setting. A source that cannot do better makes all of them,
     * and gives its own: number {@code rank}, {@code rank + world}, …
     *
     * @param rank from 0 to below {@code world}
     * @return this source, or one around it
     */
    default BatchSource<B> shard(int rank, int world) { return new Strided<>(this, rank, world); }

    /** Ends the pass under way and frees its batches. A new pass may begin. */
    @Override void close();
}
