package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** A policy, and beside it a network of its own that says what an observation (N, …) is worth, (N). */
final class ActorCritic<A> extends Layer {
    final StochasticPolicy<A> policy;
    final Sequential critic;
    final Linear value;

    ActorCritic(Space.Box seen, Space<A> actions, List<Integer> hidden, Activation activation) {
        policy = StochasticPolicy.of(seen, actions, hidden, activation);
        critic = Nets.orthogonal(Nets.body(seen, hidden, activation), Math.sqrt(2));
        value = Nets.head(hidden.getLast(), 1, 1);
    }

    Tensor value(Tensor x) { return value.forward(critic.forward(x)).squeeze(1); }
}
