package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The mean negative log-likelihood of the targets, in nats: infinite where a target's probability is 0. Shapes:
 * predictions (…, C), or (…) for two classes, targets (…); targets of -100 do not count.
 */
public final class LogLoss implements Metric<Tensor, Tensor> {
    private final Predictions predictions;
    private double sum;
    private long count;

    /** For logits. */
    public LogLoss() { this(Predictions.LOGITS); }

    /** Of logits, or of probabilities. */
    public LogLoss(Predictions predictions) { this.predictions = predictions; }

    @Override public String name() { return "log_loss"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var batch = Labels.of(name(), prediction, target, Labels.IGNORE).inRange(name());
            var x = Predictions.precise(batch.prediction());
            sum -= predictions.logLikelihood(x, batch.labels(), batch.binary()).to(DType.FLOAT64).sum().item();
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
