package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.optim.ParamGroup;
import dev.merapi.play.env.Env;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.List;
import java.util.function.Supplier;

/**
 * Soft actor-critic (Haarnoja et al. 2018, arXiv:1812.05905): a policy that is to bring reward and stay as random as it
 * can, weighed by a temperature that is learned so that its entropy is −W.
 *
 * <p>B transitions, W numbers in an action.
 */
public final class Sac extends OffPolicy {
    private static final String ACTOR = "actor";
    private static final String CRITIC = "critic";
    private static final String TEMPERATURE = "temperature";
    private static final double LOW = -20; // of the logarithm of the deviation
    private static final double HIGH = 2;

    /** All networks, as they are saved. */
    static final class Networks extends Layer {
        final Actor actor;
        final Critics critics, targets;
        final Param temperature; // its logarithm, (1)

        Networks(int seen, int width, List<Integer> hidden) {
            actor = new Actor(seen, width, hidden);
            critics = new Critics(seen, width, hidden);
            targets = new Critics(seen, width, hidden);
            targets.freeze(true);
            temperature = param(Init.zeros(), 1);
        }
    }

    /** Normal numbers through tanh. */
    static final class Actor extends Layer {
        final Sequential body;
        final Linear head; // means and logarithms of deviations
        private final int width;

        Actor(int seen, int width, List<Integer> hidden) {
            this.width = width;
            body = Nets.dense(seen, hidden, Activation.RELU);
            head = new Linear(hidden.getLast(), 2 * width);
        }

        /** (B, W) each. */
        record Distribution(Tensor mean, Tensor log) {}

        /** An action (B, W), and log π of it (B). */
        record Drawn(Tensor action, Tensor log) {}

        Distribution forward(Tensor x) {
            var both = head.forward(body.forward(x));
            return new Distribution(both.narrow(1, 0, width), both.narrow(1, width, width).clamp(LOW, HIGH));
        }

        /** @param noise standard normal (B, W) */
        Drawn draw(Tensor x, Tensor noise) {
            var d = forward(x);
            var u = d.mean.add(d.log.exp().mul(noise));
            return new Drawn(u.tanh(), squashed(noise, d.log, u));
        }
    }

    private final Networks model;

    /** @param seed of all chance but weights and noise, which follow from {@link dev.merapi.tensor.Torch#seed} */
    public Sac(Supplier<Env<float[]>> make, OffPolicyOptions options, long seed) {
        super(make, options, seed);
        model = new Networks(envs.observationSpace().width(), width, o.hidden());
        follow(model.targets, model.critics, 1);
    }

    /** A trainer of it, with Adam for each part; a step of it is {@code trainEvery} steps of the environment. */
    public Trainer<Round> trainer(double learningRate) {
        return Trainer.<Round>of(this).optimizer(CRITIC, _ -> new Adam(model.critics, learningRate))
                .optimizer(ACTOR, _ -> new Adam(model.actor, learningRate))
                .optimizer(TEMPERATURE, m -> new Adam(List.of(ParamGroup.of(m, "temperature"::equals)), learningRate))
                .remember(this);
    }

    @Override public Layer model() { return model; }

    /**
     * The logarithm of the density of tanh(u), u normal: Σ log N(u) − log(1 − tanh² u), the last as
     * 2 (log 2 − u − softplus(−2u)).
     */
    static Tensor squashed(Tensor noise, Tensor log, Tensor u) {
        var normal = noise.square().mul(-0.5).sub(log).sub(Math.log(2 * Math.PI) / 2);
        var slope = u.neg().add(Math.log(2)).sub(F.softplus(u.mul(-2), 1, 20)).mul(2);
        return normal.sub(slope).sum(1);
    }

    @Override float[] tried(float[] observation) {
        try (var _ = Scope.open()) {
            return quietly(() -> model.actor.draw(tensor(observation), noise(1)).action().toFloats());
        }
    }

    private Tensor noise(long rows) { return Tensor.randn(rows, width).to(model.device()); }

    @Override Tensor best(Tensor observations) { return model.actor.forward(observations).mean().tanh(); }

    @Override Pass update(Replay.Batch batch, Stepper stepper) {
        double alpha = Math.exp(model.temperature.item());
        var goal = quietly(() -> {
            var next = model.actor.draw(batch.next(), noise(o.batch()));
            var worth = model.targets.lower(batch.next(), next.action()).sub(next.log().mul(alpha));
            return batch.reward().add(batch.discount().mul(worth));
        });
        var critic = stepper.minimize(CRITIC, () -> {
            var q = model.critics.forward(batch.seen(), batch.action());
            return Pass.of(q[0].sub(goal).square().mean().add(q[1].sub(goal).square().mean()), o.batch());
        });
        var noise = noise(o.batch());
        var entropy = new double[1];
        model.critics.freeze(true); // the actor's loss goes through them, and changes them not
        try {
            stepper.minimize(ACTOR, () -> {
                var drawn = model.actor.draw(batch.seen(), noise);
                entropy[0] = -quietly(() -> drawn.log().mean().item());
                return Pass.of(drawn.log().mul(alpha).sub(model.critics.lower(batch.seen(), drawn.action())).mean(),
                        o.batch());
            });
        } finally {
            model.critics.freeze(false);
        }
        // the temperature rises where the entropy is below −W
        stepper.minimize(TEMPERATURE, () -> Pass.of(model.temperature.mul(entropy[0] + width).sum(), 1));
        follow(model.targets, model.critics, o.tau());
        return critic;
    }
}
