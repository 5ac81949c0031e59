package dev.merapi.text.model.bert;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Average;
import dev.merapi.metric.ClassMetrics;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/** Trains a {@link SequenceClassifier}. Batches have one label for each sequence; predictions are probabilities. */
public final class SequenceClassification implements Task<LabeledTokens> {
    private final SequenceClassifier model;
    private final CrossEntropy loss;
    private final List<Metric<?, ?>> metrics;

    /** With cross-entropy. */
    public SequenceClassification(SequenceClassifier model) { this(model, new CrossEntropy()); }

    /** With a loss that weighs classes or smooths labels. */
    public SequenceClassification(SequenceClassifier model, CrossEntropy loss) {
        this.model = model;
        this.loss = loss;
        int classes = model.encoder().config().labels().size();
        metrics = List.of(new Accuracy(), ClassMetrics.f1(classes, classes == 2 ? Average.BINARY : Average.MACRO));
    }

    @Override public SequenceClassifier model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(LabeledTokens batch) {
        Tensor logits = model.forward(batch.tokens()); // (B, labels)
        Tensor labels = batch.labels();
        return new Pass(loss.forward(logits, labels), loss.weight(logits, labels), logits, labels);
    }

    /** Probabilities (B, labels). */
    @Override public Tensor predict(LabeledTokens batch) { return model.forward(batch.tokens()).softmax(-1); }
}
