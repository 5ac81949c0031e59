package dev.merapi.play.env;

import dev.merapi.tensor.Expect;

/**
 * Divides rewards by the deviation of the discounted return so far, so that values stay about 1 whatever the
 * environment pays. As Gymnasium's {@code NormalizeReward}; the step's info keeps the {@code raw_reward}.
 *
 * @param <A> an action
 */
public final class NormalizeReward<A> extends Wrapper<A> {
    private static final double LIMIT = 10;
    private static final double EPS = 1e-8;

    private final RunningMoments moments;
    private final double discount;
    private double discounted; // return of the running episode so far

    /** @param moments of the return, of one place; several environments may share them */
    public NormalizeReward(Env<A> inner, RunningMoments moments, double discount) {
        super(inner);
        Expect.probability("NormalizeReward.discount", discount);
        this.moments = moments;
        this.discount = discount;
    }

    @Override public float[] reset(long seed) {
        discounted = 0;
        return inner.reset(seed);
    }

    @Override public Step step(A action) {
        var step = inner.step(action);
        discounted = discount * discounted + step.reward();
        moments.add((float) discounted);
        double scaled = step.reward() / Math.sqrt(moments.variance(0) + EPS);
        return step.info("raw_reward", step.reward()).reward(Math.clamp(scaled, -LIMIT, LIMIT));
    }
}
