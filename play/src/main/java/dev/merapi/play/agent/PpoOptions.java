package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * How a {@link Ppo} learns.
 *
 * @param environments side by side
 * @param threads that step them
 * @param length steps in each before it learns
 * @param hidden widths of the hidden layers
 * @param activation of these
 * @param epochs passes over what was played
 * @param batch steps in an update
 * @param gamma discount of a reward a step later
 * @param lambda of generalised advantages
 * @param clip how far the probability of an action may move, as a share of it; falls to 0 where {@code anneal}
 * @param valueClip how far a value may move; 0 for any distance
 * @param entropy weight of the policy's entropy
 * @param value weight of the critic's loss
 * @param stop divergence from the old policy at which a turn of learning ends; 0 for never
 * @param anneal whether learning rate and clip fall to 0 along a line
 */
public record PpoOptions(int environments, int threads, int length, List<Integer> hidden, Activation activation,
        int epochs, int batch, double gamma, double lambda, double clip, double valueClip, double entropy,
        double value, double stop, boolean anneal) {
    /** For small problems. */
    public static final PpoOptions DEFAULT = new PpoOptions(8, 1, 128, List.of(64, 64), Activation.TANH, 4, 256, 0.99,
            0.95, 0.2, 0, 0, 0.5, 0, true);

    public PpoOptions {
        hidden = List.copyOf(hidden);
        Expect.that(!hidden.isEmpty(), "hidden", "at least one layer", "none");
        Expect.atLeast("environments", 1, environments);
        Expect.atLeast("threads", 1, threads);
        Expect.atLeast("length", 1, length);
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch", 1, batch);
        Expect.probability("gamma", gamma);
        Expect.probability("lambda", lambda);
        Expect.positive("clip", clip);
        Expect.atLeast("value_clip", 0, valueClip);
        Expect.atLeast("entropy", 0, entropy);
        Expect.atLeast("value", 0, value);
        Expect.atLeast("stop", 0, stop);
    }

    /** How far probabilities may move in a round of so many. */
    double clip(Round round, long rounds) {
        return anneal ? clip * Math.max(0, 1 - (double) round.number() / rounds) : clip;
    }

    /** Steps of environments in a round. */
    public int steps() { return environments * length; }
}
