package dev.merapi.text.model.bert;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a {@link SpanExtractor}. Batches have two labels for each sequence, the places of the answer's first and last
 * token, or -100 twice for none; further labels are left alone. Accuracy is that of the places.
 */
public final class SpanExtraction implements Task<LabeledTokens> {
    private final SpanExtractor model;
    private final CrossEntropy loss = new CrossEntropy();
    private final List<Metric<?, ?>> metrics = List.of(new Accuracy());

    /** With cross-entropy of first and last tokens. */
    public SpanExtraction(SpanExtractor model) {
        this.model = model;
    }

    @Override public SpanExtractor model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(LabeledTokens batch) {
        Tensor logits = model.forward(batch.tokens()).transpose(1, 2).flatten(0, 1); // (B · 2, T)
        Tensor places = places(batch.labels()).flatten();
        double weight = loss.weight(logits, places(batch.labels().near()));
        return new Pass(loss.forward(logits, places), weight, logits, places);
    }

    private static Tensor places(Tensor labels) { return labels.narrow(1, 0, 2); }

    /** Logits (B, T, 2), for {@link SpanExtractor#best}. */
    @Override public Tensor predict(LabeledTokens batch) { return model.forward(batch.tokens()); }
}
