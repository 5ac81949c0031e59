package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.optim.Adam;
import dev.merapi.play.env.Env;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Learns to do what an expert does: behaviour cloning of what it saw the expert play; or DAgger (Ross et al. 2011,
 * arXiv:1011.0686), which from the second round on plays itself and asks what the expert would have done there, so that
 * it learns to come back from its own mistakes.
 *
 * @param <A> an action
 */
public final class Imitation<A> extends Agent<A> {
    private static final String POLICY = "policy";

    private final Actor<A> expert;
    private final StochasticPolicy<A> policy;
    private final Options o;
    private final Replay memory;

    /**
     * How it learns.
     *
     * @param hidden widths of the hidden layers
     * @param dagger whether it plays itself after the first round
     * @param length steps in a round
     * @param updates in a round
     * @param batch steps in an update
     * @param memory steps that are kept
     */
    public record Options(List<Integer> hidden, boolean dagger, int length, int updates, int batch, int memory) {
        /** DAgger for small problems. */
        public static final Options DEFAULT = new Options(List.of(64, 64), true, 500, 200, 64, 20_000);

        public Options {
            hidden = List.copyOf(hidden);
            Expect.that(!hidden.isEmpty(), "hidden", "at least one layer", "none");
            Expect.atLeast("length", 1, length);
            Expect.atLeast("updates", 1, updates);
            Expect.atLeast("batch", 1, batch);
            Expect.atLeast("memory", batch, memory);
        }
    }

    /** @param seed of all that is random but the weights, which follow from {@link dev.merapi.tensor.Torch#seed} */
    public Imitation(Supplier<? extends Env<A>> make, Actor<A> expert, Options options, long seed) {
        super(make, 1, 1, seed);
        this.expert = expert;
        o = options;
        policy = StochasticPolicy.of(envs.observationSpace(), envs.actionSpace(), o.hidden(), Activation.TANH);
        memory = new Replay(o.memory(), envs.observationSpace().width(), envs.actionSpace().width(), 0);
    }

    /** A trainer of it, with Adam; a step of it is a round. */
    public Trainer<Round> trainer(double learningRate) {
        return Trainer.<Round>of(this).optimizer(POLICY, m -> new Adam(m, learningRate)).remember(this);
    }

    @Override public Layer model() { return policy; }

    @Override public Pass step(Round round, Stepper stepper) {
        boolean expertPlays = !o.dagger() || round.number() == 0;
        for (int i = 0; i < o.length(); i++) {
            float[] now = observations();
            var masks = masks();
            A right = expert.act(now, masks).getFirst();
            A played = expertPlays ? right : policy.bounded(policy.sample(parameters(policy, now), 0, masks.getFirst(),
                    chance));
            var batch = act(List.of(played));
            memory.add(now, envs.actionSpace().encode(right), 0, batch.observations(), 0);
        }
        Pass last = null;
        for (int i = 0; i < o.updates(); i++) {
            try (var _ = Scope.open()) {
                var batch = memory.sample(o.batch(), 0, chance, policy.device());
                last = stepper.minimize(POLICY, () -> Pass.of(policy.logProbability(policy.forward(batch.seen()),
                        batch.action(), null).mean().neg(), o.batch()));
            }
        }
        return last;
    }

    /** Logits, or means and logarithms of deviations. */
    @Override public Signature signature() { return signature("policy", policy::forward); }

    @Override public Actor<A> greedy() { return likeliest(policy); }

    @Override void remember(Map<String, Tensor> state) { memory.remember(state); }

    @Override void recall(Map<String, Tensor> saved) { memory.recall(saved); }

    @Override public void close() {
        super.close();
        memory.close();
    }
}
