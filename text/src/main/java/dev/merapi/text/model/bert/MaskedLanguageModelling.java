package dev.merapi.text.model.bert;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.metric.Perplexity;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/** Finds hidden words again: how the family is pretrained. Batches have a label for each token, see {@link Masking}. */
public final class MaskedLanguageModelling implements Task<LabeledTokens> {
    private final MaskedLm model;
    private final List<Metric<?, ?>> metrics = List.of(new Accuracy(), new Perplexity());

    /** Its metrics are the accuracy and the perplexity at hidden words. */
    public MaskedLanguageModelling(MaskedLm model) {
        this.model = model;
    }

    @Override public MaskedLm model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    /** Logits are computed at the labels alone: they would take most of the memory elsewhere. */
    @Override public Pass forward(LabeledTokens batch) {
        Tensor hidden = model.encoder().forward(batch.tokens()).flatten(0, 1); // (B · T, E)
        Tensor labels = batch.labels().flatten();
        Tensor places = batch.labels().near().flatten().ne(LabeledTokens.NONE).nonzero().squeeze(1).to(labels.device());
        Tensor logits = model.logits(hidden.indexSelect(0, places)); // (n, V)
        Tensor targets = labels.indexSelect(0, places);
        return new Pass(new CrossEntropy().forward(logits, targets), targets.numel(), logits, targets);
    }

    /** The likeliest word at each place (B, T). */
    @Override public Tensor predict(LabeledTokens batch) { return model.forward(batch.tokens()).argmax(-1); }
}
