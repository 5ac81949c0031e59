package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/** The share of targets whose class has the greatest logit. Shapes: logits (…, C) or (…), targets (…). */
public final class Accuracy extends MeanMetric<Tensor, Tensor> {
    private final long ignore;

    /** Places whose target is -100 do not count. */
    public Accuracy() { this(Labels.IGNORE); }

    /** Places whose target is {@code ignore} do not count. */
    public Accuracy(long ignore) { this.ignore = ignore; }

    @Override public String name() { return "accuracy"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var batch = Labels.of(name(), prediction, target, ignore);
            add(batch.predicted().eq(batch.labels()).countNonzero().itemLong(), batch.count());
        }
    }
}
