package dev.merapi.data;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import java.util.Iterator;

/** Knows its place by the number of samples given. */
final class CountingCursor<E> implements Cursor<E> {
    private final Iterator<E> samples;
    private final Guard ending;
    private long given;

    CountingCursor(Iterator<E> samples, Guard ending) {
        this.samples = samples;
        this.ending = ending;
    }

    @Override public boolean hasNext() { return samples.hasNext(); }

    @Override public E next() {
        E next = samples.next();
        given++;
        return next;
    }

    @Override public String position() { return Place.of(given).toString(); }

    @Override public void seek(String position) {
        long count = Place.parse(position).number();
        while (given < count) {
            try (var _ = Scope.open()) {
                if (hasNext()) next();
                else throw tooFew(count);
            }
        }
    }

    private IllegalArgumentException tooFew(long count) {
        return new IllegalArgumentException("Samples: expected at least " + count + " samples, as many as were read"
                + " before. Received " + given + "; are the data those of the run that wrote it?");
    }

    @Override public void close() { ending.close(); }
}
