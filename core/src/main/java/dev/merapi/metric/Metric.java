package dev.merapi.metric;

import dev.merapi.tensor.Tensor;

/**
 * A measure of predictions against targets. Batches of any size, in any order of sizes, give the value of the whole.
 *
 * <p>Predictions are what the model's last layer gives, logits, as for the losses: (…, C) for C classes with integer
 * targets (…), or (…) for two classes, where a positive logit says class 1. Probabilities are turned into logits by
 * {@code p.log()}, or {@code p.log().sub(p.neg().log1p())} for two classes. Metrics that depend on the order of the
 * predictions alone take either.
 */
public interface Metric {
    /** In snake_case, as it stands in logs: {@code accuracy}. */
    String name();

    /**
     * Takes in a batch. Neither tensor is kept.
     *
     * @throws IllegalArgumentException if shapes do not fit
     */
    void update(Tensor prediction, Tensor target);

    /** The value over everything since the start or {@link #reset}; NaN before the first update. */
    double value();

    /** Forgets everything taken in. */
    void reset();

    /** Whether a greater value is a better one. */
    default boolean greaterIsBetter() { return true; }
}
