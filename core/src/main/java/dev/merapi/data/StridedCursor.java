package dev.merapi.data;

import dev.merapi.tensor.Scope;
import java.util.NoSuchElementException;

/** Some of another's samples: number {@code first}, {@code first + stride}, … below {@code limit}. */
final class StridedCursor<E> implements Cursor<E> {
    private final Cursor<E> all;
    private final int first;
    private final int stride;
    private final long limit;
    private long read;

    StridedCursor(Cursor<E> all, int first, int stride, long limit) {
        this.all = all;
        this.first = first;
        this.stride = stride;
        this.limit = limit;
    }

    @Override public boolean hasNext() {
        while (read < limit) {
            if (read % stride == first) return all.hasNext();
            try (var _ = Scope.open()) {
                if (!all.hasNext()) return false;
                all.next();
            }
            read++;
        }
        return false;
    }

    @Override public E next() {
        if (!hasNext()) throw new NoSuchElementException("Samples: this pass is at its end.");
        E next = all.next();
        read++;
        return next;
    }

    @Override public String position() { return new Place(read, all.position()).toString(); }

    @Override public void seek(String position) {
        var place = Place.parse(position);
        all.seek(place.rest());
        read = place.number();
    }

    @Override public void close() { all.close(); }
}
