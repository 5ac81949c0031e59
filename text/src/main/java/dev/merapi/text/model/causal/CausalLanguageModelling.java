package dev.merapi.text.model.causal;

import dev.merapi.data.Batch;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.metric.Perplexity;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a model to say what comes next. Batches are windows of a text: x (B, T) int64, and y (B, T), the same one
 * token later; -100 where there is nothing to learn.
 */
public final class CausalLanguageModelling implements Task<Batch> {
    private final CausalLm model;
    private final CrossEntropy loss = new CrossEntropy();
    private final List<Metric<?, ?>> metrics = List.of(new Perplexity(), new Accuracy());

    /** Its metrics are the perplexity and the accuracy of the next tokens. */
    public CausalLanguageModelling(CausalLm model) {
        this.model = model;
    }

    @Override public CausalLm model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(Batch batch) {
        Tensor logits = model.forward(batch.x()).flatten(0, 1); // (B · T, V)
        Tensor next = batch.y().flatten();
        return new Pass(loss.forward(logits, next), loss.weight(logits, batch.y()), logits, next);
    }

    /** The likeliest next token after each (B, T). */
    @Override public Tensor predict(Batch batch) { return model.forward(batch.x()).argmax(-1); }
}
