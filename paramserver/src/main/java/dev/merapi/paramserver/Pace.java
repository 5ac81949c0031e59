package dev.merapi.paramserver;

import java.time.Duration;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps workers within some steps of one another ("bounded staleness", Ho et al. 2013): each says when it has done a
 * step, and waits while the slowest is too far behind.
 */
public final class Pace implements AutoCloseable {
    private static final long LOOK = Duration.ofMillis(2).toNanos();

    private final ConcurrentMap<Integer, Long> steps; // done, by worker
    private final int worker;
    private final int workers;
    private final long staleness;
    private final Duration patience;
    private long done;

    Pace(ConcurrentMap<Integer, Long> steps, int worker, int workers, long staleness, Duration patience) {
        if (worker < 0 || worker >= workers || staleness < 0) {
            throw new IllegalArgumentException("Pace: expected a worker from 0 to below their number, and a staleness"
                    + " from 0. Received worker " + worker + " of " + workers + ", staleness " + staleness);
        }
        this.steps = steps;
        this.worker = worker;
        this.workers = workers;
        this.staleness = staleness;
        this.patience = patience;
    }

    /** The same that waits for another time at most. */
    public Pace patience(Duration limit) { return new Pace(steps, worker, workers, staleness, limit); }

    /**
     * After a step: waits until the slowest worker has done all but {@code staleness} of this one's.
     *
     * @throws IllegalStateException naming the worker that was waited for in vain
     */
    public void step() {
        steps.put(worker, ++done);
        long until = System.nanoTime() + patience.toNanos();
        for (int other = 0; other < workers; other++) {
            while (steps.getOrDefault(other, 0L) < done - staleness) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException("Pace: expected worker " + other + " to have done "
                            + (done - staleness) + " steps within " + patience.toSeconds() + " s. It has done "
                            + steps.getOrDefault(other, 0L) + "; is it running?");
                }
                LockSupport.parkNanos(LOOK);
            }
        }
    }

    /** This worker has done all its steps: nobody waits for it any more. */
    @Override public void close() { steps.put(worker, Long.MAX_VALUE); }
}
