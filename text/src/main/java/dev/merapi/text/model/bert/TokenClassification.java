package dev.merapi.text.model.bert;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Average;
import dev.merapi.metric.ClassMetrics;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.metric.EntityF1;
import dev.merapi.text.metric.EntityMetric;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a {@link TokenClassifier}. Batches have a label for each token; where it is -100, as at the later parts of a
 * word, nothing is learnt. Measured are the entities where the labels are such as B-PER, I-PER and O, else the classes
 * of words.
 */
public final class TokenClassification implements Task<LabeledTokens> {
    private final TokenClassifier model;
    private final CrossEntropy loss = new CrossEntropy();
    private final List<Metric<?, ?>> metrics;

    /** With cross-entropy over the tokens that have a label. */
    public TokenClassification(TokenClassifier model) {
        this.model = model;
        metrics = metrics(model.encoder().config().labels());
    }

    private static List<Metric<?, ?>> metrics(List<String> labels) {
        boolean entities = labels.stream().allMatch(EntityF1::isLabel);
        return entities ? List.of(new Accuracy(), EntityMetric.precision(labels), EntityMetric.recall(labels),
                EntityMetric.f1(labels)) : List.of(new Accuracy(), ClassMetrics.f1(labels.size(), Average.MACRO));
    }

    @Override public TokenClassifier model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(LabeledTokens batch) {
        Tensor logits = model.forward(batch.tokens()); // (B, T, labels)
        Tensor flat = logits.flatten(0, 1);
        Tensor labels = batch.labels().flatten();
        return new Pass(loss.forward(flat, labels), loss.weight(flat, batch.labels()), logits, batch.labels());
    }

    /** The likeliest class at each place (B, T). */
    @Override public Tensor predict(LabeledTokens batch) { return model.forward(batch.tokens()).argmax(-1); }
}
