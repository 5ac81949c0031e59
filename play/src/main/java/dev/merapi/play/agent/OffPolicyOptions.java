package dev.merapi.play.agent;

import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * How a {@link Sac} or a {@link Td3} learns.
 *
 * @param hidden widths of the hidden layers
 * @param gamma discount of a reward a step later
 * @param tau share by which the target networks follow after each update
 * @param memory transitions that are kept
 * @param batch transitions in an update
 * @param warmUp steps at random before the first update
 * @param trainEvery steps between two turns of learning
 * @param updates in such a turn
 * @param noise of a TD3 that explores, as a share of the action's range to one side; SAC explores by itself
 */
public record OffPolicyOptions(List<Integer> hidden, double gamma, double tau, int memory, int batch, int warmUp,
        int trainEvery, int updates, double noise) {
    /** For small problems. */
    public static final OffPolicyOptions DEFAULT = new OffPolicyOptions(List.of(256, 256), 0.99, 0.005, 100_000, 256,
            1_000, 1, 1, 0.1);

    public OffPolicyOptions {
        hidden = List.copyOf(hidden);
        Expect.that(!hidden.isEmpty(), "hidden", "at least one layer", "none");
        Expect.probability("gamma", gamma);
        Expect.probability("tau", tau);
        Expect.atLeast("batch", 1, batch);
        Expect.atLeast("memory", batch, memory);
        Expect.atLeast("warm_up", 1, warmUp);
        Expect.atLeast("train_every", 1, trainEvery);
        Expect.atLeast("updates", 1, updates);
        Expect.atLeast("noise", 0, noise);
    }
}
