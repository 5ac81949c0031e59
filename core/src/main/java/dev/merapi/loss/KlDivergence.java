package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/**
 * Kullback-Leibler divergence Σ y (log y − x) from log-probabilities x to a distribution y, summed over classes and
 * averaged over rows. Both (B, …) of one shape. As {@code torch.nn.KLDivLoss(reduction="batchmean")}.
 *
 * @param logTarget whether the target holds log-probabilities too
 */
public record KlDivergence(boolean logTarget) implements Loss {
    /** To a target of probabilities. */
    public KlDivergence() { this(false); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        Targets.numbers(prediction, target, "KlDivergence");
        return Tensor.call("kl_div", "", prediction, target, Reduction.SUM, logTarget).div(weight(prediction, target));
    }
}
