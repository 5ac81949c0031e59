package dev.merapi.data;

import java.util.Iterator;

/**
 * One pass over a {@link BatchSource}. Taking a batch frees the one before; the end of the data, or {@link #close},
 * frees the last and stops what makes them.
 */
public interface Batches<B> extends Iterator<B>, AutoCloseable {
    /** Nanoseconds in which the consumer has waited for batches: the time in which training starved. */
    default long waitedNanos() { return 0; }

    /** Ends the pass and frees all its batches. Closing again does nothing. */
    @Override void close();
}
