package dev.merapi.tabular.series;

import dev.merapi.loss.Loss;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The loss whose least value is at the quantiles ("pinball loss"): max(τ (y − ŷ), (τ − 1) (y − ŷ)) for each level τ,
 * averaged (Koenker and Bassett 1978). Shapes: quantiles (…, Q) and values (…).
 */
public final class QuantileLoss implements Loss {
    private final double[] levels;

    /** @param levels each between 0 and 1 */
    public QuantileLoss(List<Double> levels) {
        for (double level : levels) {
            if (level > 0 && level < 1) continue;
            throw new IllegalArgumentException("QuantileLoss: expected levels between 0 and 1. Received " + levels);
        }
        this.levels = levels.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        if (prediction.rank() != target.rank() + 1 || prediction.size(-1) != levels.length) {
            throw new IllegalArgumentException("QuantileLoss: expected quantiles (…, " + levels.length
                    + ") and values (…). Received " + prediction.describe() + " and " + target.describe());
        }
        var tau = Tensor.of(levels).to(prediction.dtype()).to(prediction.device());
        var above = target.unsqueeze(-1).sub(prediction);
        return above.mul(tau).maximum(above.mul(tau.sub(1))).mean();
    }

    @Override public double weight(Tensor prediction, Tensor target) { return target.numel(); }
}
