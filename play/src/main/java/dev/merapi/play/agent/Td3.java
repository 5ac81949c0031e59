package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.play.env.Env;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018, arXiv:1802.09477), or without its three
 * improvements DDPG (Lillicrap et al. 2016, arXiv:1509.02971): a policy that follows the slope of what a critic says.
 * Actions are tried with noise that drifts, as in the second paper, so that a car can be rocked out of a valley.
 */
public final class Td3 extends OffPolicy {
    private static final String ACTOR = "actor";
    private static final String CRITIC = "critic";
    private static final double SMOOTHING = 0.2; // noise on the target's actions, and its bound
    private static final double SMOOTHING_BOUND = 0.5;
    private static final int DELAY = 2; // updates of the critics for one of the actor
    private static final double DRIFT = 0.15; // how much of the noise fades in a step

    /** All networks, as they are saved. */
    static final class Networks extends Layer {
        final Sequential actor, actorTarget;
        final Critics critics, targets;

        Networks(int seen, int width, List<Integer> hidden) {
            actor = actor(seen, width, hidden);
            actorTarget = actor(seen, width, hidden);
            critics = new Critics(seen, width, hidden);
            targets = new Critics(seen, width, hidden);
            actorTarget.freeze(true);
            targets.freeze(true);
        }

        private static Sequential actor(int seen, int width, List<Integer> hidden) {
            return new Sequential(List.<Unary>of(Nets.dense(seen, hidden, Activation.RELU),
                    new Linear(hidden.getLast(), width), Activation.TANH));
        }
    }

    private final Networks model;
    private final boolean twin;
    private final double[] noise; // of the running episode
    private long updates;

    /**
     * @param twin whether it is TD3; DDPG otherwise
     * @param seed of all that is random but weights and smoothing, which follow from
     *     {@link dev.merapi.tensor.Torch#seed}
     */
    public Td3(Supplier<Env<float[]>> make, OffPolicyOptions options, boolean twin, long seed) {
        super(make, options, seed);
        this.twin = twin;
        model = new Networks(envs.observationSpace().width(), width, o.hidden());
        noise = new double[width];
        follow(model.targets, model.critics, 1);
        follow(model.actorTarget, model.actor, 1);
    }

    /** A trainer of it, with Adam for each part; a step of it is {@code trainEvery} steps of the environment. */
    public Trainer<Round> trainer(double learningRate) {
        return Trainer.<Round>of(this).optimizer(CRITIC, _ -> new Adam(model.critics, learningRate))
                .optimizer(ACTOR, _ -> new Adam(model.actor, learningRate)).remember(this);
    }

    @Override public Layer model() { return model; }

    @Override float[] tried(float[] observation) {
        float[] action;
        try (var _ = Scope.open()) {
            action = quietly(() -> best(tensor(observation)).toFloats());
        }
        for (int i = 0; i < width; i++) {
            noise[i] += -DRIFT * noise[i] + o.noise() * chance.nextGaussian();
            action[i] = (float) Math.clamp(action[i] + noise[i], -1, 1);
        }
        return action;
    }

    @Override Tensor best(Tensor observations) { return model.actor.forward(observations); }

    @Override Pass update(Replay.Batch batch, Stepper stepper) {
        var goal = quietly(() -> {
            var action = model.actorTarget.forward(batch.next());
            if (twin) {
                var blur = action.randnLike().mul(SMOOTHING).clamp(-SMOOTHING_BOUND, SMOOTHING_BOUND);
                action = action.add(blur).clamp(-1, 1);
            }
            var worth = twin ? model.targets.lower(batch.next(), action)
                    : model.targets.forward(batch.next(), action)[0];
            return batch.reward().add(batch.discount().mul(worth));
        });
        var critic = stepper.minimize(CRITIC, () -> {
            var q = model.critics.forward(batch.seen(), batch.action());
            var loss = q[0].sub(goal).square().mean();
            return Pass.of(twin ? loss.add(q[1].sub(goal).square().mean()) : loss, o.batch());
        });
        if (++updates % (twin ? DELAY : 1) != 0) return critic;
        model.critics.freeze(true); // the actor's loss goes through them, and changes them not
        try {
            stepper.minimize(ACTOR, () -> Pass.of(model.critics.forward(batch.seen(),
                    model.actor.forward(batch.seen()))[0].mean().neg(), o.batch()));
        } finally {
            model.critics.freeze(false);
        }
        follow(model.targets, model.critics, o.tau());
        follow(model.actorTarget, model.actor, o.tau());
        return critic;
    }

    @Override void remember(Map<String, Tensor> state) {
        super.remember(state);
        state.put("noise", Tensor.of(noise));
        state.put("updates", Tensor.of(new long[] {updates}));
    }

    @Override void recall(Map<String, Tensor> saved) {
        super.recall(saved);
        System.arraycopy(saved.get("noise").toDoubles(), 0, noise, 0, width);
        updates = saved.get("updates").itemLong();
    }
}
