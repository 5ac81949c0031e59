package dev.merapi.play.env;

import dev.merapi.tensor.Expect;

/**
 * Cuts episodes off after so many steps. Such an end is a truncation: the world would have gone on, and what it is
 * worth there still counts.
 *
 * @param <A> an action
 */
public final class TimeLimit<A> extends Wrapper<A> {
    private final int limit;
    private int steps;

    /** @param limit steps in an episode */
    public TimeLimit(Env<A> inner, int limit) {
        super(inner);
        Expect.atLeast("TimeLimit", 1, limit);
        this.limit = limit;
    }

    @Override public float[] reset(long seed) {
        steps = 0;
        return inner.reset(seed);
    }

    @Override public Step step(A action) {
        var step = inner.step(action);
        return ++steps < limit || step.isOver() ? step
                : new Step(step.observation(), step.reward(), false, true, step.info());
    }
}
