package dev.merapi.protect.robustness;

import dev.merapi.data.Batch;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Supervised;
import dev.merapi.train.Task;
import java.util.List;
import java.util.function.Function;

/**
 * Trains a classifier on inputs that were made worse for it at each step, so that it withstands them.
 *
 * <pre>{@code
 * var range = PixelRange.of(Normalize.FASHION_MNIST);
 * var task = AdversarialTraining.pgd(Classification.of(model, 10), range, Pgd.of(Norm.L_INF, 0.1, 7));
 * Trainer.of(task).optimizer(m -> new Adam(m, 1e-3)).epochs(10).fit(data.train(128), data.test(256));
 * }</pre>
 *
 * It is measured on clean inputs, as the task inside is.
 */
public final class AdversarialTraining implements Task<Batch> {
    private final Supervised inside;
    private final PixelRange range;
    private final Pgd attack;
    private final double beta; // 0 without TRADES
    private final Rng rng;

    private AdversarialTraining(Supervised inside, PixelRange range, Pgd attack, double beta) {
        this.inside = inside;
        this.range = range;
        this.attack = attack;
        this.beta = beta;
        rng = new Rng(attack.seed());
    }

    /**
     * Madry's: the loss of attacked inputs instead of clean ones (2018, arXiv:1706.06083).
     *
     * @param inside a task whose model gives logits
     * @param range of the task's inputs (B, C, H, W)
     */
    public static AdversarialTraining pgd(Supervised inside, PixelRange range, Pgd attack) {
        return new AdversarialTraining(inside, range, attack, 0);
    }

    /**
     * TRADES (Zhang et al. 2019, arXiv:1901.08573): the loss of clean inputs plus β times the divergence of what the
     * model says of attacked ones, which are attacked by that divergence.
     *
     * @param beta what robustness is worth; the paper takes 1 to 6
     */
    public static AdversarialTraining trades(Supervised inside, PixelRange range, Pgd attack, double beta) {
        Expect.positive("AdversarialTraining.trades.beta", beta);
        return new AdversarialTraining(inside, range, attack, beta);
    }

    @Override public Layer model() { return inside.model(); }

    @Override public List<Metric<?, ?>> metrics() { return inside.metrics(); }

    /** Of attacked inputs; not so in evaluation. */
    @Override public Pass forward(Batch batch) {
        if (beta == 0) {
            var scores = range.before(inside::output);
            var worse = attacked(batch, at -> attack.loss().each(scores.forward(at), batch.y()));
            return inside.forward(new Batch(worse, batch.y()));
        }
        Tensor clean;
        try (var scope = Scope.open()) {
            clean = scope.keep(inside.output(batch.x()).detach().softmax(-1));
        }
        var worse = attacked(batch, at -> divergence(clean, range.before(inside::output).forward(at)));
        var pass = inside.forward(batch);
        var logits = (Tensor) pass.prediction();
        var other = (Tensor) inside.forward(new Batch(worse, batch.y())).prediction();
        var loss = pass.loss().add(divergence(logits.softmax(-1), other).mean().mul(beta));
        return new Pass(loss, pass.weight(), logits, batch.y());
    }

    /** KL(p ‖ softmax(logits)) of each row (B). */
    private static Tensor divergence(Tensor p, Tensor logits) {
        return p.mul(p.add(1e-12).log().sub(logits.logSoftmax(-1))).sum(1);
    }

    private Tensor attacked(Batch batch, Function<Tensor, Tensor> losses) {
        try (var scope = Scope.open()) {
            return scope.keep(range.seen(attack.climb(losses, range.pixels(batch.x()), rng)));
        }
    }

    @Override public Pass evaluate(Batch batch) { return inside.forward(batch); }

    @Override public Tensor predict(Batch batch) { return inside.predict(batch); }
}
