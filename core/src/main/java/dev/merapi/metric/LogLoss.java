package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The mean negative log-likelihood of the targets, in nats: infinite where a target's probability is 0. Shapes:
 * predictions (…, C), or (…) for two classes, targets (…); targets of -100 do not count.
 */
public final class LogLoss extends MeanMetric<Tensor, Tensor> {
    private final Predictions predictions;

    /** For logits. */
    public LogLoss() { this(Predictions.LOGITS); }

    /** Of logits, or of probabilities. */
    public LogLoss(Predictions predictions) { this.predictions = predictions; }

    @Override public String name() { return "log_loss"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var batch = Labels.of(name(), prediction, target, Labels.IGNORE).inRange(name());
            var x = Predictions.precise(batch.prediction());
            var likelihood = predictions.logLikelihood(x, batch.labels(), batch.binary()).to(DType.FLOAT64);
            add(-likelihood.sum().item(), batch.count());
        }
    }

    @Override public boolean greaterIsBetter() { return false; }
}
