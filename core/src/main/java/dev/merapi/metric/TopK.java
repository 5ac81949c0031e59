package dev.merapi.metric;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The share of targets whose class is among the k with the greatest logits; of equal logits the lower class counts as
 * greater, so that k = 1 is {@link Accuracy}. Shapes: logits (…, C), targets (…).
 */
public final class TopK extends MeanMetric<Tensor, Tensor> {
    private final int k;

    /** @param k guesses among which the target may be, from 1 */
    public TopK(int k) {
        Expect.atLeast("TopK.k", 1, k);
        this.k = k;
    }

    @Override public String name() { return "top_" + k + "_accuracy"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var places = places(name(), prediction, target);
            add(places.le(k).countNonzero().itemLong(), places.numel());
        }
    }

    /** The place of each target (n) among the logits of all classes, from 1; the last where one is NaN. */
    static Tensor places(String metric, Tensor prediction, Tensor target) {
        var batch = Labels.of(metric, prediction, target, Labels.IGNORE);
        if (batch.binary()) {
            throw new IllegalArgumentException(metric + ": expected predictions (…, classes). Received "
                    + prediction.describe());
        }
        batch.inRange(metric);
        var logits = batch.prediction();                                              // (n, C)
        long classes = logits.size(1);
        var label = batch.labels().unsqueeze(1);                                      // (n, 1)
        var chosen = logits.gather(1, label);
        var later = logits.newArange(classes).gt(label);
        var beaten = logits.lt(chosen).or(logits.eq(chosen).and(later)).sum(1);       // NaN beats nothing
        return beaten.neg().add(classes);
    }
}
