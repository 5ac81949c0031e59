package dev.merapi.data;

import java.util.function.Function;

/** Another's samples, each changed. */
record MappedCursor<E, R>(Cursor<E> samples, Function<? super E, ? extends R> function) implements Cursor<R> {
    @Override public boolean hasNext() { return samples.hasNext(); }

    @Override public R next() { return function.apply(samples.next()); }

    @Override public String position() { return samples.position(); }

    @Override public void seek(String position) { samples.seek(position); }

    @Override public void close() { samples.close(); }
}
