package dev.merapi.data;

import dev.merapi.tensor.Guard;
import java.util.Iterator;

/**
 * One pass over {@link Samples}, which knows where it stands. One thread at a time uses it, not always the same.
 * Tensors made in {@code hasNext} and {@code next} that are no part of the sample are freed behind it: those that a
 * cursor keeps for the next one must be {@linkplain dev.merapi.tensor.Tensor#owned owned}.
 *
 * @param <E> a sample
 */
public interface Cursor<E> extends Iterator<E>, Guard {
    /** Where this pass stands, behind the sample given last: what {@link #seek} of a later process goes on from. */
    String position();

    /**
     * Goes to a position that a cursor of the same epoch and samples told. Called before the first sample is taken.
     *
     * @throws IllegalArgumentException if there is no such position
     */
    void seek(String position);

    /** Closes what is read from. */
    @Override default void close() { }

    /**
     * The samples of an iterator. The position is their number: seeking reads as many and throws them away.
     *
     * @param close what to do at the end
     */
    static <E> Cursor<E> of(Iterator<E> samples, Guard close) { return new CountingCursor<>(samples, close); }
}
