package dev.merapi.play.env;

/**
 * Shifts and scales observations to mean 0 and variance 1, by what was seen so far, and cuts them at ±10, as
 * Gymnasium's and Stable-Baselines3's wrappers do. Several environments may share the moments.
 *
 * @param <A> an action
 */
public final class NormalizeObservation<A> extends Wrapper<A> {
    private static final double LIMIT = 10;
    private static final double EPS = 1e-8;

    private final RunningMoments moments;
    private final boolean learning;

    /**
     * @param moments of the observations
     * @param learning whether they go on to change; in use they do not
     */
    public NormalizeObservation(Env<A> inner, RunningMoments moments, boolean learning) {
        super(inner);
        this.moments = moments;
        this.learning = learning;
    }

    @Override public Space.Box observationSpace() {
        return Space.Box.of(-LIMIT, LIMIT, inner.observationSpace().shape());
    }

    @Override public float[] reset(long seed) { return normal(inner.reset(seed)); }

    @Override public Step step(A action) {
        var step = inner.step(action);
        return step.observation(normal(step.observation()));
    }

    private float[] normal(float[] observation) {
        if (learning) moments.add(observation);
        var normal = new float[observation.length];
        for (int i = 0; i < normal.length; i++) {
            double scaled = (observation[i] - moments.mean(i)) / Math.sqrt(moments.variance(i) + EPS);
            normal[i] = (float) Math.clamp(scaled, -LIMIT, LIMIT);
        }
        return normal;
    }
}
