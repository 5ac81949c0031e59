package dev.merapi.train;

import java.util.List;
import java.util.Set;

/** What a fit did. */
public final class Run {
    /** Why a fit ended. */
    public enum Stop {
        /** All epochs or steps are done. */
        FINISHED,
        /** The monitored value did not improve any more. */
        EARLY,
        /** {@link Trainer#stop} was called, or the process was told to end (Ctrl-C). */
        REQUESTED
    }

    private final List<Epoch> history;
    private final long steps;
    private final Stop stop;
    private final Set<String> smallerIsBetter;

    Run(List<Epoch> history, long steps, Stop stop, Set<String> smallerIsBetter) {
        this.history = List.copyOf(history);
        this.steps = steps;
        this.stop = stop;
        this.smallerIsBetter = smallerIsBetter;
    }

    /** One entry for each finished epoch, those before a resume too. */
    public List<Epoch> history() { return history; }

    /** Optimizer steps done. */
    public long steps() { return steps; }

    /** Why it ended. */
    public Stop stop() { return stop; }

    /** The best value of {@code loss}, {@code train_loss} or a metric over all epochs: the smallest or the greatest. */
    public double best(String name) { return bestEpoch(name).value(name); }

    /**
     * The first epoch that reached {@link #best}.
     *
     * @throws IllegalStateException if no epoch was finished, or the value is NaN in all
     */
    public Epoch bestEpoch(String name) {
        int best = new Monitor(name, !smallerIsBetter.contains(name), 1).best(history);
        if (best >= 0) return history.get(best);
        throw new IllegalStateException("Run: none of " + history.size() + " finished epochs has a number for " + name);
    }

    /** The last finished epoch. */
    public Epoch last() {
        if (history.isEmpty()) throw new IllegalStateException("Run: no epoch was finished.");
        return history.getLast();
    }
}
