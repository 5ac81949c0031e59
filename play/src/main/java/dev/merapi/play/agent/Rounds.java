package dev.merapi.play.agent;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Batches;
import dev.merapi.tensor.Expect;
import java.util.NoSuchElementException;
import java.util.OptionalLong;

/** Rounds one after the other: without end to train in, or so many episodes to evaluate with. */
public final class Rounds implements BatchSource<Round> {
    private static final int SIDE_BY_SIDE = 20; // episodes in a batch

    private final long episodes; // −1: without end
    private int epoch;
    private long taken;

    private Rounds(long episodes) { this.episodes = episodes; }

    /** Rounds of training. */
    public static Rounds endless() { return new Rounds(-1); }

    /** Episodes of an evaluation. */
    public static Rounds of(int episodes) {
        Expect.atLeast("episodes", 1, episodes);
        return new Rounds(episodes);
    }

    @Override public OptionalLong length() {
        return episodes < 0 ? OptionalLong.empty() : OptionalLong.of(Math.ceilDiv(episodes, SIDE_BY_SIDE));
    }

    @Override public Batches<Round> iterator() {
        return new Batches<>() {
            @Override public boolean hasNext() {
                if (episodes < 0 || taken < length().getAsLong()) return true;
                epoch++;
                taken = 0;
                return false;
            }

            @Override public Round next() {
                if (!hasNext()) throw new NoSuchElementException();
                long number = taken++;
                return new Round(number,
                        episodes < 0 ? 0 : (int) Math.min(SIDE_BY_SIDE, episodes - number * SIDE_BY_SIDE));
            }

            @Override public void close() { }
        };
    }

    @Override public Position position() { return new Position(epoch, taken); }

    @Override public void resume(Position position) {
        epoch = position.epoch();
        taken = position.batches();
    }

    @Override public void close() { if (episodes >= 0) taken = 0; }
}
