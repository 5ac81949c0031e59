package dev.merapi.protect.fairness;

import dev.merapi.loss.BceWithLogits;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a classifier whose loss also counts how unlike the groups are answered: cross-entropy + λ · (mean
 * probability of one group − of the other)².
 *
 * <pre>{@code
 * Trainer.of(FairnessPenalty.of(net, 10)).optimizer(m -> new Adam(m, 1e-2)).epochs(20).fit(grouped, grouped);
 * }</pre>
 */
public final class FairnessPenalty implements Task<GroupedBatch> {
    private final Layer model;
    private final Unary forward;
    private final double lambda;

    private FairnessPenalty(Layer model, Unary forward, double lambda) {
        Expect.atLeast("FairnessPenalty.lambda", 0, lambda);
        this.model = model;
        this.forward = forward;
        this.lambda = lambda;
    }

    /**
     * Of a model that gives one logit for each row, (B) or (B, 1).
     *
     * @param lambda what fairness is worth; 0 is plain training
     */
    public static <M extends Layer & Unary> FairnessPenalty of(M model, double lambda) {
        return new FairnessPenalty(model, model, lambda);
    }

    @Override public Layer model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return List.of(new Accuracy()); }

    @Override public Pass forward(GroupedBatch batch) {
        var logits = logits(batch);
        var loss = new BceWithLogits().forward(logits, batch.y());
        var p = logits.sigmoid();
        var gap = mean(p, batch.group()).sub(mean(p, batch.group().rsub(1)));
        return new Pass(loss.add(gap.square().mul(lambda)), logits.size(0), logits, batch.y());
    }

    /** Of the rows that weigh 1; 0 of none. */
    private static Tensor mean(Tensor p, Tensor weights) { return p.mul(weights).sum().div(weights.sum().add(1e-6)); }

    private Tensor logits(GroupedBatch batch) {
        var out = forward.forward(batch.x());
        return out.rank() == 2 ? out.squeeze(1) : out;
    }

    /** Probabilities of the positive answer (B). */
    @Override public Tensor predict(GroupedBatch batch) { return logits(batch).sigmoid(); }
}
