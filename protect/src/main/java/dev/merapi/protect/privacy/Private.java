package dev.merapi.protect.privacy;

import dev.merapi.data.Loader;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Trainer;
import java.lang.System.Logger;
import java.security.SecureRandom;
import java.util.Set;
import java.util.function.Function;

/**
 * Trains a model so that nobody can tell from it whether a sample was among its data: DP-SGD (Abadi et al. 2016,
 * arXiv:1607.00133). Each step takes a Poisson sample of the data, scales the gradient of every sample down to a
 * greatest norm, and adds Gaussian noise to the sum. Around a trainer:
 *
 * <pre>{@code
 * var privacy = new Private(model, PrivacyOptions.target(3, 1e-5));
 * var trainer = privacy.wrap(Trainer.of(Classification.of(model, 10)).optimizer(m -> new Sgd(m, 0.5)).epochs(10));
 * trainer.fit(data.train(256), test);             // epsilon stands among each epoch's values
 * IO.println(privacy.spent());
 * }</pre>
 *
 * or with the loop in your own hands:
 *
 * <pre>{@code
 * var sgd = privacy.optimizer(new Sgd(model, 0.5));
 * var batches = privacy.sample(data.train(256), 10);
 * for (int epoch = 0; epoch < 10; epoch++) {
 *     for (var batch : batches) {
 *         try (var _ = Scope.open()) {
 *             sgd.zeroGrad();
 *             privacy.backward(batch, b -> Pass.of(loss.forward(model.forward(b.x()), b.y()), b.size()));
 *             sgd.step();
 *         }
 *     }
 * }
 * }</pre>
 *
 * What is private is the model and what is measured of it on other data. The training loss in logs is not: it is
 * computed from the samples as they are, and stays with whoever may see them.
 */
public final class Private {
    private static final Logger LOG = System.getLogger(Private.class.getName());

    private final Layer model;
    private final PrivacyOptions options;
    private final SampleGradients gradients;
    private final ClippedSum sum;
    private final GaussianNoise secure; // or null
    final Ledger ledger = new Ledger();
    private double rate; // 0: no data yet
    private double expected;
    private double noise; // NaN: not yet chosen

    /**
     * @throws IllegalArgumentException naming the layers by which samples of a batch see one another; {@link
     *     ModelCheck#replace} puts others in their places
     */
    public Private(Layer model, PrivacyOptions options) {
        ModelCheck.expectSeparate(model);
        this.model = model;
        this.options = options;
        this.gradients = new SampleGradients(model);
        this.sum = new ClippedSum(model, options.clipping());
        this.secure = options.secure() ? GaussianNoise.secure() : null;
        this.noise = options.noise();
    }

    /** The options it was made with. */
    public PrivacyOptions options() { return options; }

    // ---- around a trainer

    /**
     * Makes a trainer private: its task, strategy and listeners. Its training data must come from a {@link Loader},
     * whose batch size becomes the mean of the samples in a step.
     *
     * @param trainer of this model, on one process, in float32
     * @return the same
     */
    public <B> Trainer<B> wrap(Trainer<B> trainer) {
        if (trainer.task().model() != model) {
            throw Expect.error("Private.wrap", "a trainer of the model that Private was made for", "one of another");
        }
        return trainer.task(new PrivateTask<>(trainer.task(), this)).measure(new EpsilonMetric(this))
                .strategy(new PrivateStrategy(this)).listen(new PrivacyListener(this));
    }

    // ---- in a loop of one's own

    /**
     * Draws each batch anew from all samples, and chooses the noise where a budget was given.
     *
     * @param epochs how many passes the training will take
     * @return the loader, changed
     */
    public <B> Loader<B> sample(Loader<B> loader, int epochs) {
        Expect.atLeast("Private.sample.epochs", 1, epochs);
        sample(loader);
        plan((long) epochs * loader.batches());
        return loader;
    }

    <B> Loader<B> sample(Loader<B> loader) {
        if (options.delta() >= 1.0 / loader.samples()) {
            LOG.log(Logger.Level.WARNING, "Private: δ = " + options.delta() + " is not below 1 / " + loader.samples()
                    + ", the number of samples: it would allow to publish one of them as it is. Take a smaller δ.");
        }
        sampling((double) loader.batchSize() / loader.samples(), loader.batchSize());
        return loader.poisson(options.secure() ? new SecureRandom().nextLong() : options.seed());
    }

    /** Says how steps sample. */
    void sampling(double rate, double expected) {
        this.rate = rate;
        this.expected = expected;
    }

    /** Chooses the noise for so many steps more, unless it is given or known. */
    void plan(long steps) {
        if (!Double.isNaN(noise) || steps < 1) return;
        noise = options.accountant().noise(ledger.phases(), options.epsilon(), options.delta(), rate, steps);
        LOG.log(Logger.Level.INFO, () -> "Private: noise multiplier " + noise + " for ε " + options.epsilon() + " in "
                + steps + " steps");
    }

    /**
     * Takes in a batch: adds the sum of its samples' clipped gradients to those of the parameters. A batch may come in
     * several calls before the optimizer's step.
     *
     * @param batch tensors whose first axis is the samples'
     * @param forward the model's pass over a batch; its loss times its weight is a sum over samples
     * @return the mean loss, without a graph, and the weight
     */
    public <B> Pass backward(B batch, Function<B, Pass> forward) {
        long samples = SampleGradients.samples(batch);
        double loss = 0, weight = 0;
        for (long from = 0; from < samples; from += options.microBatch()) {
            try (var _ = Scope.open()) {
                var pass = learn(SampleGradients.part(batch, from, Math.min(from + options.microBatch(), samples)),
                        forward);
                if (pass.weight() == 0) continue;
                loss += pass.loss().item() * pass.weight();
                weight += pass.weight();
            }
        }
        return Pass.of(Tensor.scalar(weight == 0 ? 0 : loss / weight, DType.FLOAT32), weight);
    }

    /** As {@link #backward}, in one pass. */
    <B> Pass learn(B batch, Function<B, Pass> forward) {
        if (!Torch.isGradEnabled()) return forward.apply(batch); // somebody only looks
        if (Torch.isAutocast(model.device())) {
            throw Expect.error("Private", "float32, in which norms of gradients are what they are", "mixed precision");
        }
        var taken = gradients.of(batch, forward);
        sum.add(taken);
        var pass = taken.pass();
        return pass.weight() == 0 ? pass
                : new Pass(pass.loss().detach(), pass.weight(), pass.prediction(), pass.target());
    }

    /** An optimizer whose step first makes the gradients private, and counts what that spends. */
    public Optimizer optimizer(Optimizer inner) { return new PrivateOptimizer(inner, this); }

    /** After a step's last batch: noise and mean, and one step more in the ledger. */
    void finish() {
        if (rate == 0 || Double.isNaN(noise)) {
            throw new IllegalStateException("Private: expected data, from which rates and noise follow, before the"
                    + " first step. Received none; call Private.sample(loader, epochs) first.");
        }
        sum.finish(noise, expected, secure != null ? secure
                : GaussianNoise.seeded(31 * options.seed() + ledger.steps() + 1));
        ledger.add(noise, rate, 1);
    }

    // ---- what it costs

    /** The noise multiplier σ, NaN before it is chosen. */
    public double noise() { return noise; }

    /** The norm that gradients are clipped to now, which adaptive clipping moves. */
    public double clipNorm() { return sum.norm(); }

    /** What the steps so far have spent. */
    public PrivacySpent spent() {
        return new PrivacySpent(options.accountant().epsilon(ledger.phases(), options.delta()), options.delta(), noise,
                rate, ledger.steps());
    }

    /** The names of the parameters whose gradients cost a pass for each sample. */
    public Set<String> slow() { return gradients.slow(); }

    /** For a checkpoint. */
    PrivacyState state() { return new PrivacyState(noise, sum.norm(), ledger.phases()); }

    /** Goes on from a checkpoint, unless more has been spent already. */
    void restore(PrivacyState state) {
        if (state.steps() <= ledger.steps()) return;
        ledger.restore(state.phases());
        noise = state.noise();
        sum.norm(state.norm());
    }
}
