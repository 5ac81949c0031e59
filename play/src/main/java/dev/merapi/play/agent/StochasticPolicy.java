package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * A policy that draws its actions. What its network gives for observations (N, …) is P numbers each: logits, or means.
 *
 * @param <A> an action
 */
abstract class StochasticPolicy<A> extends Layer {
    /**
     * For a space of actions.
     *
     * @throws IllegalArgumentException if there is none for it
     */
    @SuppressWarnings("unchecked") // each is for the actions of its space
    static <A> StochasticPolicy<A> of(Space.Box seen, Space<A> actions, List<Integer> hidden, Activation activation) {
        return (StochasticPolicy<A>) switch (actions) {
            case Space.Discrete one -> new ChoicePolicy<>(seen, one, new int[] {one.n()}, hidden, activation);
            case Space.MultiDiscrete several ->
                    new ChoicePolicy<>(seen, several, several.counts(), hidden, activation);
            case Space.Box box -> new GaussianPolicy(seen, box, hidden, activation);
        };
    }

    /** Parameters of the distributions (N, P). */
    abstract Tensor forward(Tensor x);

    /**
     * log π(a) (N).
     *
     * @param parameters (N, P)
     * @param actions encoded, (N, W)
     * @param masks (N, P), 1 for what is legal; null for all
     */
    abstract Tensor logProbability(Tensor parameters, Tensor actions, Tensor masks);

    /** Of the distributions, (N). */
    abstract Tensor entropy(Tensor parameters, Tensor masks);

    /** Draws an action, of row {@code row} of parameters. */
    abstract A sample(float[] parameters, int row, boolean[] mask, Chance chance);

    /** The likeliest action. */
    abstract A mode(float[] parameters, int row, boolean[] mask);

    /** The action as the environment takes it. */
    abstract A bounded(A action);

    /** How many places a mask has; 0 where there is none. */
    abstract int maskWidth();
}
