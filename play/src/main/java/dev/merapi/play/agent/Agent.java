package dev.merapi.play.agent;

import dev.merapi.metric.Metric;
import dev.merapi.nn.Signature;
import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Env;
import dev.merapi.play.env.Space;
import dev.merapi.play.env.VectorEnv;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Remembered;
import dev.merapi.train.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What learns by acting. A batch of its trainer is a {@link Round}: it acts in its environments for a while, learns
 * from what came of it, and keeps all that in checkpoints.
 *
 * <pre>{@code
 * var agent = new Dqn(() -> Envs.make("CartPole-v1"), DqnOptions.DEFAULT, 7);
 * var run = agent.trainer(1e-3).steps(2000).evaluateEvery(500).fit(Rounds.endless(), Rounds.of(20));
 * IO.println(run.best("return"));
 * }</pre>
 *
 * @param <A> an action
 */
public abstract class Agent<A> implements Task<Round>, Remembered, AutoCloseable {
    private static final long EVALUATION = 0x5EED; // so that its episodes are others than those of training

    final Supplier<? extends Env<A>> make;
    final VectorEnv<A> envs;
    final Chance chance;
    private final long seed;
    private boolean begun;
    long steps; // of all environments

    Agent(Supplier<? extends Env<A>> make, int environments, int threads, long seed) {
        this.make = make;
        this.seed = seed;
        envs = new VectorEnv<>(environments, make, seed, threads);
        chance = new Chance(Chance.seed(seed, -1));
    }

    /** What it observes. */
    public final Space.Box observationSpace() { return envs.observationSpace(); }

    /** What it can do. */
    public final Space<A> actionSpace() { return envs.actionSpace(); }

    /** Acts as well as it can, without trying anything. */
    public abstract Actor<A> greedy();

    /**
     * What observations (N, …) are worth to it: the return that it expects from there.
     *
     * @throws UnsupportedOperationException if it does not value them
     */
    public float[] worth(float[] observations) {
        throw new UnsupportedOperationException(getClass().getSimpleName()
                + ".worth: this agent values no observations.");
    }

    /**
     * What it acts by, from observations (N, …).
     *
     * @throws IllegalArgumentException if it acts by what it remembers, too
     */
    public Signature signature() {
        throw Expect.error("Agent.signature", "an agent that acts by what it sees alone", getClass().getSimpleName());
    }

    final Signature signature(String output, UnaryOperator<Tensor> forward) {
        return new Signature(model(), List.of(Signature.floats("observation", "batch", observationSpace().width())),
                List.of(output), x -> List.of(forward.apply(x.getFirst())));
    }

    /** The observations of all environments; begins their first episodes where that is still to be done. */
    final float[] observations() {
        if (begun) return envs.observations();
        begun = true;
        return envs.reset();
    }

    final List<boolean[]> masks() {
        var masks = new ArrayList<boolean[]>(envs.size());
        for (int i = 0; i < envs.size(); i++) masks.add(envs.actionMask(i));
        return masks;
    }

    final VectorEnv.Batch act(List<A> actions) {
        steps += envs.size();
        return envs.step(actions);
    }

    /** Steps of environments so far. */
    public final long steps() { return steps; }

    @Override public final Pass forward(Round round) {
        throw new UnsupportedOperationException(getClass().getSimpleName()
                + ".forward: an agent learns in its own step.");
    }

    @Override public final Pass evaluate(Round round) {
        return Pass.measured(Episodes.play(make, greedy(), round.episodes(),
                Chance.seed(seed, EVALUATION, round.number())), null);
    }

    @Override public final List<Metric<?, ?>> metrics() {
        var all = new ArrayList<>(EpisodeMetric.all());
        all.add(new StepMetric(() -> steps));
        return all;
    }

    @Override public final Round to(Device device, Round round) { return round; }

    /** What an algorithm remembers beside its environments. */
    abstract void remember(Map<String, Tensor> state);

    abstract void recall(Map<String, Tensor> saved);

    @Override public final Map<String, Tensor> state() {
        observations(); // begun, at the least
        var state = new LinkedHashMap<String, Tensor>();
        envs.state().forEach((name, tensor) -> state.put("envs." + name, tensor));
        state.put("counts", Tensor.of(new long[] {steps, chance.state()}));
        remember(state);
        return state;
    }

    @Override public final void load(Map<String, Tensor> saved) {
        var counts = saved.get("counts");
        Expect.that(counts != null, "Agent.load", "what an agent remembers", saved.keySet());
        steps = counts.toLongs()[0];
        chance.state(counts.toLongs()[1]);
        var ofEnvs = new LinkedHashMap<String, Tensor>();
        saved.forEach((name, tensor) -> {
            if (name.startsWith("envs.")) ofEnvs.put(name.substring("envs.".length()), tensor);
        });
        envs.load(ofEnvs);
        begun = true;
        recall(saved);
    }

    /** Observations as a tensor (N, …) where the model is. */
    final Tensor tensor(float[] observations) { return tensor(observations, envs.observationSpace().width()); }

    final Tensor tensor(float[] values, int width) {
        return Tensor.of(values, values.length / width, width).to(model().device());
    }

    /** A rollout as tensors, with what a critic makes of it. */
    final Learned learned(Rollout rollout, StochasticPolicy<A> policy, float[] values, Rollout.Advantages found) {
        var device = model().device();
        return new Learned(tensor(rollout.seen()), tensor(rollout.actions(), envs.actionSpace().width()),
                rollout.masks() == null ? null : tensor(rollout.masks(), policy.maskWidth()),
                Tensor.of(found.advantages()).to(device), Tensor.of(found.returns()).to(device),
                Tensor.of(values).to(device));
    }

    /** The numbers that a policy draws from, N · P, of observations (N, …). */
    final float[] parameters(StochasticPolicy<A> policy, float[] observations) {
        try (var _ = Scope.open()) {
            return quietly(() -> policy.forward(tensor(observations)).toFloats());
        }
    }

    /** Takes the likeliest action of a policy. */
    final Actor<A> likeliest(StochasticPolicy<A> policy) {
        return (observations, masks) -> {
            float[] parameters = parameters(policy, observations);
            var chosen = new ArrayList<A>(masks.size());
            for (int i = 0; i < masks.size(); i++) {
                chosen.add(policy.bounded(policy.mode(parameters, i, masks.get(i))));
            }
            return chosen;
        };
    }

    /** Runs something without gradients. */
    static <T> T quietly(Supplier<T> work) {
        try (var _ = Torch.noGrad()) {
            return work.get();
        }
    }

    /** Frees the environments, what is remembered and the model. */
    @Override public void close() {
        envs.close();
        model().close();
    }
}
