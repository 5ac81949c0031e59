package dev.merapi.tabular.data;

import dev.merapi.data.Cursor;
import dev.merapi.data.Samples;
import dev.merapi.data.StreamLoader;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Batches of a table that is larger than memory, which holds a buffer of rows at a time.
 *
 * <pre>{@code
 * var clicks = Table.sql("select * from 'clicks-*.parquet'");
 * var train = TableStream.shuffled(clicks, preprocessing, 1024, 100_000, 1337);
 * }</pre>
 *
 * The table must give its rows in the same order each time: a query has an {@code order by}, or reads files.
 */
public final class TableStream {
    private TableStream() {}

    /** Batches in the table's order. */
    public static StreamLoader<TableBatch> of(Table table, TablePreprocessing preprocessing, int batchSize) {
        return loader(table, preprocessing, batchSize, batchSize, null);
    }

    /**
     * Batches of rows that are shuffled within a buffer, in another order each epoch. Rows further apart never meet in
     * a batch: where like ones lie together, let the query shuffle too.
     *
     * @param buffer rows; at least a batch
     */
    public static StreamLoader<TableBatch> shuffled(Table table, TablePreprocessing preprocessing, int batchSize,
            int buffer, long seed) {
        if (buffer < batchSize) {
            throw new IllegalArgumentException("TableStream.shuffled: expected a buffer of at least a batch of "
                    + batchSize + " rows. Received " + buffer);
        }
        int whole = Math.multiplyExact((buffer + batchSize - 1) / batchSize, batchSize); // no short batch in the middle
        return loader(table, preprocessing, batchSize, whole, seed);
    }

    private static StreamLoader<TableBatch> loader(Table table, TablePreprocessing preprocessing, int batchSize,
            int buffer, Long seed) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("TableStream: expected a batch size of at least 1. Received "
                    + batchSize);
        }
        // a batch is a sample of the loader's: rows one by one would cost more than the training
        Samples<Frame> batches = epoch -> new Parts(table.frames(buffer), batchSize,
                seed == null ? null : new SplittableRandom(31 * seed + epoch));
        return StreamLoader.of(batches, 1, parts -> preprocessing.apply(parts.getFirst()));
    }

    /** Buffers, cut into batches. */
    private static final class Parts implements Cursor<Frame> {
        private final Frames buffers;
        private final int batchSize;
        private final SplittableRandom random; // null: in order
        private Frame buffer;
        private int[] order = {};
        private int taken; // rows of the buffer
        private long given; // batches

        Parts(Frames buffers, int batchSize, SplittableRandom random) {
            this.buffers = buffers;
            this.batchSize = batchSize;
            this.random = random;
        }

        @Override public boolean hasNext() { return taken < order.length || buffers.hasNext(); }

        @Override public Frame next() {
            if (!hasNext()) throw new NoSuchElementException("no more rows");
            if (taken == order.length) fill();
            int to = Math.min(taken + batchSize, order.length);
            var batch = buffer.take(IntStream.range(taken, to).map(i -> order[i]).toArray());
            taken = to;
            given++;
            return batch;
        }

        private void fill() {
            buffer = buffers.next();
            taken = 0;
            order = IntStream.range(0, buffer.size()).toArray();
            for (int i = order.length - 1; random != null && i > 0; i--) { // Fisher and Yates
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
        }

        @Override public String position() { return Long.toString(given); }

        @Override public void seek(String position) {
            long batches;
            try {
                batches = Long.parseLong(position);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("TableStream: expected a number of batches. Received " + position,
                        e);
            }
            while (given < batches) {
                if (!hasNext()) {
                    throw new IllegalArgumentException("TableStream: expected at least " + batches + " batches, as the"
                            + " run that stopped there had. Received " + given + "; is it the same table?");
                }
                next();
            }
        }

        @Override public void close() { buffers.close(); }
    }
}
