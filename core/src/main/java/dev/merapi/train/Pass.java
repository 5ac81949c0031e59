package dev.merapi.train;

import dev.merapi.tensor.Tensor;

/**
 * What one forward pass over a batch gives.
 *
 * @param loss the mean over the batch's targets, 0-d; null where there is none, which is for evaluation alone
 * @param weight what that mean was divided by, such as the number of targets that count; gradient accumulation and
 *     evaluation weigh batches with it. A batch of weight 0 is left out
 * @param prediction what metrics compare, of the type that they take, or null
 * @param target what metrics compare it with, or null
 */
public record Pass(Tensor loss, double weight, Object prediction, Object target) {
    public Pass {
        if (loss != null && loss.numel() != 1) {
            throw new IllegalArgumentException("Pass: expected a loss of one element, the batch's mean. Received "
                    + loss.describe());
        }
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("Pass: expected a finite weight of at least 0. Received " + weight);
        }
    }

    /** A pass without metrics. */
    public static Pass of(Tensor loss, double weight) { return new Pass(loss, weight, null, null); }

    /** A pass of {@link Task#evaluate} without a loss. */
    public static Pass measured(Object prediction, Object target) { return new Pass(null, 1, prediction, target); }
}
