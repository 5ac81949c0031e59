package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.play.env.Env;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An agent that learns from what its policy has just done, and then forgets it.
 *
 * @param <A> an action
 */
abstract class OnPolicy<A> extends Agent<A> {
    final ActorCritic<A> model;

    OnPolicy(Supplier<? extends Env<A>> make, int environments, int threads, List<Integer> hidden,
            Activation activation, long seed) {
        super(make, environments, threads, seed);
        model = new ActorCritic<>(envs.observationSpace(), envs.actionSpace(), hidden, activation);
    }

    @Override public final Layer model() { return model; }

    /** Draws actions of all environments. */
    final List<A> draw(float[] observations, List<boolean[]> masks) {
        float[] parameters = parameters(model.policy, observations);
        var drawn = new ArrayList<A>(masks.size());
        for (int i = 0; i < masks.size(); i++) drawn.add(model.policy.sample(parameters, i, masks.get(i), chance));
        return drawn;
    }

    /** Logits, or means and logarithms of deviations. */
    @Override public final Signature signature() { return signature("policy", model.policy::forward); }

    @Override public final Actor<A> greedy() { return likeliest(model.policy); }

    @Override public final float[] worth(float[] observations) {
        try (var _ = Scope.open()) {
            return quietly(() -> model.value(tensor(observations)).toFloats());
        }
    }

    /** Plays for a while, and says how much better each action was than expected. */
    final Learned collect(int length, double gamma, double lambda) {
        var rollout = Rollout.collect(this, model.policy, this::draw, length);
        float[] values = worth(rollout.seen());
        var finals = new float[rollout.rows()];
        for (int i = 0; i < finals.length; i++) {
            if (rollout.finals()[i] != null) finals[i] = worth(rollout.finals()[i])[0];
        }
        return learned(rollout, model.policy, values,
                rollout.advantages(values, worth(rollout.last()), finals, gamma, lambda));
    }

    @Override void remember(Map<String, Tensor> state) { }

    @Override void recall(Map<String, Tensor> saved) { }
}
