package dev.merapi.text.model.classify;

import dev.merapi.data.PaddedBatch;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/** Trains a {@link TextNet}: cross-entropy and accuracy; targets are classes (B), predictions probabilities. */
public final class TextClassification implements Task<PaddedBatch> {
    private final TextNet model;
    private final CrossEntropy loss;
    private final List<Metric<?, ?>> metrics = List.of(new Accuracy());

    /** With cross-entropy. */
    public TextClassification(TextNet model) { this(model, new CrossEntropy()); }

    /** With a loss that weighs classes or smooths labels. */
    public TextClassification(TextNet model, CrossEntropy loss) {
        this.model = model;
        this.loss = loss;
    }

    @Override public TextNet model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(PaddedBatch batch) {
        Tensor logits = model.forward(batch.x(), batch.lengths());
        return new Pass(loss.forward(logits, batch.y()), loss.weight(logits, batch.y()), logits, batch.y());
    }

    /** Probabilities (B, classes). */
    @Override public Tensor predict(PaddedBatch batch) {
        return model.forward(batch.x(), batch.lengths()).softmax(-1);
    }
}
