package dev.merapi.metric;

/**
 * A measure of predictions against targets. Batches of any size, in any order of sizes, give the value of the whole; so
 * do parts that were taken in by several metrics, in several processes, and then merged.
 *
 * <p>Both may be of any type: tensors, boxes for each image, texts. Where they are tensors, predictions are what the
 * model's last layer gives, logits, as for the losses: (…, C) for C classes with integer targets (…), or (…) for two
 * classes, where a positive logit says class 1. Probabilities are turned into logits by {@code p.log()}, or
 * {@code p.log().sub(p.neg().log1p())} for two classes. Metrics that depend on the order of the predictions alone take
 * either.
 *
 * @param <P> a batch's predictions
 * @param <T> a batch's targets
 */
public interface Metric<P, T> {
    /** In snake_case, as it stands in logs: {@code accuracy}. */
    String name();

    /**
     * Takes in a batch. Its tensors are not kept.
     *
     * @throws IllegalArgumentException if shapes do not fit
     */
    void update(P prediction, T target);

    /** All that was taken in since the start or {@link #reset}, as numbers that can travel to another process. */
    double[] state();

    /**
     * Takes in all that another metric of the same kind and settings has taken in, its {@link #state}: another rank's,
     * say, that measured other batches.
     *
     * @throws IllegalArgumentException if it is the state of another kind
     */
    void merge(double... state);

    /** The value over everything since the start or {@link #reset}; NaN before the first update. */
    double value();

    /** Forgets everything taken in. */
    void reset();

    /** Whether a greater value is a better one. */
    default boolean greaterIsBetter() { return true; }

    /**
     * For {@link #merge}: refuses a state of another number of numbers.
     *
     * @throws IllegalArgumentException if there are not {@code expected}
     */
    static void expectState(Metric<?, ?> metric, int expected, double... state) {
        if (state.length == expected) return;
        throw new IllegalArgumentException(metric.name() + ".merge: expected the state of another " + metric.name()
                + ", " + expected + " numbers. Received " + state.length);
    }
}
