package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The mean squared error of probabilities (Brier, "Verification of forecasts expressed in terms of probability", 1950):
 * of class 1 for two classes, else summed over classes. Shapes as {@link LogLoss}.
 */
public final class Brier implements Metric<Tensor, Tensor> {
    private final Predictions predictions;
    private double sum;
    private long count;

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
            sum += p.sub(y).square().to(DType.FLOAT64).sum().item();
            count += batch.count();
        }
    }

    @Override public double[] state() { return new double[] {sum, count}; }

    @Override public void merge(double... state) {
        Metric.expectState(this, 2, state);
        sum += state[0];
        count += (long) state[1];
    }

    @Override public double value() { return count == 0 ? Double.NaN : sum / count; }

    @Override public void reset() {
        sum = 0;
        count = 0;
    }

    @Override public boolean greaterIsBetter() { return false; }
}
