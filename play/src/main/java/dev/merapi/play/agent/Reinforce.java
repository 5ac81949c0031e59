package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.optim.Adam;
import dev.merapi.play.env.Env;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * REINFORCE (Williams 1992): plays whole episodes, and makes each action likelier by how much its return was above the
 * mean.
 *
 * @param <A> an action
 */
public final class Reinforce<A> extends Agent<A> {
    private static final String POLICY = "policy";
    private static final double EPS = 1e-8;

    private final StochasticPolicy<A> policy;
    private final int episodes;
    private final double gamma;

    /**
     * @param hidden widths of the hidden layers
     * @param episodes in an update
     * @param gamma discount of a reward a step later
     * @param seed of all that is random but the weights, which follow from {@link dev.merapi.tensor.Torch#seed}
     */
    public Reinforce(Supplier<? extends Env<A>> make, List<Integer> hidden, int episodes, double gamma, long seed) {
        super(make, 1, 1, seed);
        Expect.atLeast("Reinforce.episodes", 1, episodes);
        Expect.probability("Reinforce.gamma", gamma);
        this.episodes = episodes;
        this.gamma = gamma;
        policy = StochasticPolicy.of(envs.observationSpace(), envs.actionSpace(), hidden, Activation.TANH);
    }

    /** A trainer of it, with Adam; a step of it is so many episodes. */
    public Trainer<Round> trainer(double learningRate) {
        return Trainer.<Round>of(this).optimizer(POLICY, m -> new Adam(m, learningRate)).remember(this);
    }

    @Override public Layer model() { return policy; }

    @Override public Pass step(Round round, Stepper stepper) {
        var seen = new ArrayList<float[]>();
        var actions = new ArrayList<float[]>();
        var returns = new ArrayList<Double>();
        for (int e = 0; e < episodes; e++) {
            var rewards = new ArrayList<Double>();
            boolean over;
            do {
                float[] now = observations();
                A action = policy.sample(parameters(policy, now), 0, envs.actionMask(0), chance);
                seen.add(now);
                actions.add(envs.actionSpace().encode(action));
                var batch = act(List.of(policy.bounded(action)));
                rewards.add(batch.rewards()[0]);
                over = batch.finals()[0] != null;
            } while (!over);
            returns.addAll(toGo(rewards, gamma));
        }
        var x = Tensor.of(seen.toArray(float[][]::new)).to(policy.device());
        var a = Tensor.of(actions.toArray(float[][]::new)).to(policy.device());
        var g = new float[returns.size()];
        for (int i = 0; i < g.length; i++) g[i] = returns.get(i).floatValue();
        var better = Tensor.of(g).to(policy.device());
        var advantages = g.length == 1 ? better : better.sub(better.mean()).div(better.std().add(EPS));
        return stepper.minimize(POLICY, () -> Pass.of(
                policy.logProbability(policy.forward(x), a, null).mul(advantages).mean().neg(), 1));
    }

    /** The discounted sum of rewards from each step on. */
    static List<Double> toGo(List<Double> rewards, double gamma) {
        var sums = new ArrayList<>(rewards);
        for (int i = sums.size() - 2; i >= 0; i--) sums.set(i, sums.get(i) + gamma * sums.get(i + 1));
        return sums;
    }

    /** Logits, or means and logarithms of deviations. */
    @Override public Signature signature() { return signature("policy", policy::forward); }

    @Override public Actor<A> greedy() { return likeliest(policy); }

    @Override void remember(Map<String, Tensor> state) { }

    @Override void recall(Map<String, Tensor> saved) { }
}
