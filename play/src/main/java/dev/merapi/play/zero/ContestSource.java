package dev.merapi.play.zero;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Batches;
import java.util.NoSuchElementException;

/** One contest in each pass. */
final class ContestSource implements BatchSource<ZeroBatch> {
    private int epoch;

    @Override public Batches<ZeroBatch> iterator() {
        epoch++;
        return new Batches<>() {
            private boolean held;

            @Override public boolean hasNext() { return !held; }

            @Override public ZeroBatch next() {
                if (held) throw new NoSuchElementException();
                held = true;
                return new ZeroBatch.Contest();
            }

            @Override public void close() { }
        };
    }

    @Override public Position position() { return new Position(epoch, 0); }

    @Override public void resume(Position position) { epoch = position.epoch(); }

    @Override public void close() { }
}
