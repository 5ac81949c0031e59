package dev.merapi.text.model.seq2seq;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.metric.Perplexity;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/** Trains an {@link EncoderDecoder} to write the next token of a target that it has read so far. */
public final class SequenceToSequence implements Task<PairBatch> {
    private final EncoderDecoder model;
    private final CrossEntropy loss;
    private final List<Metric<?, ?>> metrics = List.of(new Perplexity(), new Accuracy());

    /**
     * @param labelSmoothing the share of each target that is spread over all tokens; 0.1 in the paper
     */
    public SequenceToSequence(EncoderDecoder model, double labelSmoothing) {
        this.model = model;
        this.loss = new CrossEntropy().labelSmoothing(labelSmoothing);
    }

    @Override public EncoderDecoder model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(PairBatch batch) {
        Tensor logits = model.forward(batch.source(), batch.lengths(), batch.decoderIds()).flatten(0, 1); // (B · T, V)
        Tensor next = batch.labels().flatten();
        return new Pass(loss.forward(logits, next), loss.weight(logits, batch.labels()), logits, next);
    }

    /** The likeliest next token at each place (B, T). */
    @Override public Tensor predict(PairBatch batch) {
        return model.forward(batch.source(), batch.lengths(), batch.decoderIds()).argmax(-1);
    }
}
