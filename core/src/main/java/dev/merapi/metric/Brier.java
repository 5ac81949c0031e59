package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The mean squared error of probabilities (Brier, "Verification of forecasts expressed in terms of probability", 1950):
 * of class 1 for two classes, else summed over classes. Shapes as {@link LogLoss}.
 */
public final class Brier extends MeanMetric<Tensor, Tensor> {
    private final Predictions predictions;

    /** For logits. */
    public Brier() { this(Predictions.LOGITS); }

    /** Of logits, or of probabilities. */
    public Brier(Predictions predictions) { this.predictions = predictions; }

    @Override public String name() { return "brier"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var batch = Labels.of(name(), prediction, target, Labels.IGNORE).inRange(name());
            var p = predictions.probabilities(Predictions.precise(batch.prediction()), batch.binary());
            if (!batch.binary() && p.size(1) == 2) p = p.select(1, 1);
            var y = p.rank() == 1 ? batch.labels() : batch.labels().oneHot(p.size(1));
            add(p.sub(y).square().to(DType.FLOAT64).sum().item(), batch.count());
        }
    }

    @Override public boolean greaterIsBetter() { return false; }
}
