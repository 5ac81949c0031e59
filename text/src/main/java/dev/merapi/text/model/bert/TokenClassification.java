package dev.merapi.text.model.bert;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Average;
import dev.merapi.metric.ClassMetrics;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a {@link TokenClassifier}. Batches have a label for each token; where it is -100, as at the later parts of a
 * word, nothing is learnt.
 */
public final class TokenClassification implements Task<LabeledTokens> {
    private final TokenClassifier model;
    private final CrossEntropy loss = new CrossEntropy();
    private final List<Metric> metrics;

    public TokenClassification(TokenClassifier model) {
        this.model = model;
        metrics = List.of(new Accuracy(),
                ClassMetrics.f1(model.encoder().config().labels().size(), Average.MACRO));
    }

    @Override public TokenClassifier model() { return model; }

    @Override public List<Metric> metrics() { return metrics; }

    @Override public Pass forward(LabeledTokens batch) {
        Tensor logits = model.forward(batch.tokens()).flatten(0, 1); // (B · T, labels)
        Tensor labels = batch.labels().flatten();
        return new Pass(loss.of(logits, labels), loss.weight(logits, labels), logits, labels);
    }

    /** The likeliest class at each place (B, T). */
    @Override public Tensor predict(LabeledTokens batch) { return model.forward(batch.tokens()).argmax(-1); }

    @Override public LabeledTokens to(Device device, LabeledTokens batch) { return batch.to(device); }
}
