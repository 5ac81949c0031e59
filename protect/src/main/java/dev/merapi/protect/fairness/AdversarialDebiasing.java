package dev.merapi.protect.fairness;

import dev.merapi.loss.BceWithLogits;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a classifier against an adversary that tries to tell the group from its answer (Zhang et al. 2018,
 * arXiv:1801.07593): each step the adversary learns, then the classifier learns its classes and to mislead it. The
 * paper's projection of gradients is left out.
 *
 * <pre>{@code
 * var task = AdversarialDebiasing.of(net, 1);
 * Trainer.of(task).optimizer("classifier", _ -> new Adam(net, 1e-2))
 *         .optimizer("adversary", _ -> new Adam(task.adversary(), 1e-2)).epochs(20).fit(grouped, grouped);
 * }</pre>
 */
public final class AdversarialDebiasing implements Task<GroupedBatch> {
    private static final int HIDDEN = 8;

    private final Both both;
    private final Unary forward;
    private final double alpha;

    /** All that is trained. */
    private static final class Both extends Layer {
        private final Layer classifier;
        private final Sequential adversary = new Sequential(new Linear(1, HIDDEN), new Relu(), new Linear(HIDDEN, 1));

        Both(Layer classifier) { this.classifier = classifier; }
    }

    private AdversarialDebiasing(Layer classifier, Unary forward, double alpha) {
        Expect.atLeast("AdversarialDebiasing.alpha", 0, alpha);
        both = new Both(classifier);
        this.forward = forward;
        this.alpha = alpha;
    }

    /**
     * Of a classifier that gives one logit for each row, (B) or (B, 1).
     *
     * @param alpha what misleading the adversary is worth
     */
    public static <M extends Layer & Unary> AdversarialDebiasing of(M classifier, double alpha) {
        return new AdversarialDebiasing(classifier, classifier, alpha);
    }

    /** What tells groups from logits, for its optimizer. */
    public Layer adversary() { return both.adversary; }

    @Override public Layer model() { return both; }

    @Override public List<Metric<?, ?>> metrics() { return List.of(new Accuracy()); }

    @Override public Pass step(GroupedBatch batch, Stepper stepper) {
        stepper.minimize("adversary", () -> {
            var guess = guess(logits(batch).detach());
            return Pass.of(new BceWithLogits().forward(guess, batch.group()), batch.x().size(0));
        });
        return stepper.minimize("classifier", () -> forward(batch));
    }

    @Override public Pass forward(GroupedBatch batch) {
        var logits = logits(batch);
        var misled = new BceWithLogits().forward(guess(logits), batch.group());
        var loss = new BceWithLogits().forward(logits, batch.y()).sub(misled.mul(alpha));
        return new Pass(loss, logits.size(0), logits, batch.y());
    }

    private Tensor guess(Tensor logits) { return both.adversary.forward(logits.unsqueeze(1)).squeeze(1); }

    private Tensor logits(GroupedBatch batch) {
        var out = forward.forward(batch.x());
        return out.rank() == 2 ? out.squeeze(1) : out;
    }

    /** Probabilities of the positive answer (B). */
    @Override public Tensor predict(GroupedBatch batch) { return logits(batch).sigmoid(); }
}
