package dev.merapi.data;

import java.util.NoSuchElementException;
import java.util.OptionalLong;

/** Every {@code world}-th batch of a source that has to make all of them. */
final class Strided<B> implements BatchSource<B> {
    private final BatchSource<B> all;
    private final int rank;
    private final int world;
    private Position position; // behind the batch taken last; null: none was, in this pass

    Strided(BatchSource<B> all, int rank, int world) {
        Shards.check("BatchSource.shard", rank, world);
        this.all = all;
        this.rank = rank;
        this.world = world;
    }

    @Override public Batches<B> iterator() {
        long read = all.position().batches();
        position = null;
        var batches = all.iterator();
        return new Batches<>() {
            private long next = read; // its number among all

            @Override public boolean hasNext() {
                while (next % world != rank) {
                    if (!hasAny()) return false;
                    batches.next();
                    next++;
                }
                return hasAny();
            }

            private boolean hasAny() {
                if (batches.hasNext()) return true;
                position = null; // the source's own is the start of the next pass
                return false;
            }

            @Override public B next() {
                if (!hasNext()) throw new NoSuchElementException("BatchSource: this pass is at its end.");
                B batch = batches.next();
                next++;
                var at = all.position();
                position = new Position(at.epoch(), own(next), at.state());
                return batch;
            }

            @Override public long waitedNanos() { return batches.waitedNanos(); }

            @Override public void close() { batches.close(); }
        };
    }

    @Override public OptionalLong length() {
        var length = all.length();
        return length.isEmpty() ? length : OptionalLong.of(own(length.getAsLong()));
    }

    /** How many of the first {@code batches} of all are this rank's. */
    private long own(long batches) { return (batches - rank + world - 1) / world; }

    @Override public Position position() {
        if (position != null) return position;
        var at = all.position();
        return new Position(at.epoch(), own(at.batches()), at.state());
    }

    /** Goes to where the source stood behind this rank's last batch. */
    @Override public void resume(Position to) {
        long read = to.batches() == 0 ? 0 : (to.batches() - 1) * world + rank + 1;
        all.resume(new Position(to.epoch(), read, to.state()));
        position = null;
    }

    @Override public long plan(int epoch) { return 31L * (31L * all.plan(epoch) + rank) + world; }

    @Override public void close() { all.close(); }
}
