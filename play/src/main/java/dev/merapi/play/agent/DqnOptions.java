package dev.merapi.play.agent;

import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * How a {@link Dqn} learns. With {@code doubled}, {@code duelling}, {@code priority}, {@code nStep}, {@code noisy} and
 * {@code atoms} all set it is Rainbow (Hessel et al. 2018, arXiv:1710.02298).
 *
 * @param hidden widths of the hidden layers
 * @param gamma discount of a reward a step later
 * @param memory transitions that are kept
 * @param batch transitions in an update
 * @param warmUp steps at random before the first update
 * @param trainEvery steps between two turns of learning
 * @param updates in such a turn
 * @param targetEvery steps after which the target network is made equal
 * @param exploreSteps over which the share of random actions falls from 1
 * @param explore share of random actions then
 * @param doubled whether the online network chooses the action that the target network values (van Hasselt et al. 2016)
 * @param duelling whether state and action are valued apart (Wang et al. 2016)
 * @param priority exponent of priorities in the memory (Schaul et al. 2016); 0 for none
 * @param nStep steps whose rewards are counted in (Sutton 1988)
 * @param noisy whether noise on weights explores instead of random actions (Fortunato et al. 2018)
 * @param atoms of a distribution of returns (C51, Bellemare et al. 2017); 1 for its mean alone
 * @param lowest return that a distribution holds
 * @param highest return that a distribution holds
 */
public record DqnOptions(List<Integer> hidden, double gamma, int memory, int batch, int warmUp, int trainEvery,
        int updates, int targetEvery, int exploreSteps, double explore, boolean doubled, boolean duelling,
        double priority, int nStep, boolean noisy, int atoms, double lowest, double highest) {
    /** For small problems. */
    public static final DqnOptions DEFAULT = new DqnOptions(List.of(128, 128), 0.99, 50_000, 64, 1_000, 4, 1, 500,
            10_000, 0.05, true, false, 0, 1, false, 1, 0, 0);

    public DqnOptions {
        hidden = List.copyOf(hidden);
        Expect.that(!hidden.isEmpty(), "hidden", "at least one layer", "none");
        Expect.probability("gamma", gamma);
        Expect.atLeast("batch", 1, batch);
        Expect.atLeast("memory", batch, memory);
        Expect.atLeast("warm_up", 1, warmUp);
        Expect.atLeast("train_every", 1, trainEvery);
        Expect.atLeast("updates", 1, updates);
        Expect.atLeast("target_every", 1, targetEvery);
        Expect.atLeast("explore_steps", 1, exploreSteps);
        Expect.probability("explore", explore);
        Expect.atLeast("priority", 0, priority);
        Expect.atLeast("n_step", 1, nStep);
        Expect.atLeast("atoms", 1, atoms);
        Expect.that(atoms == 1 || lowest < highest, "highest", "more than lowest, " + lowest
                + ", for a distribution of returns", highest);
    }

    /** All six improvements, for returns in a range. */
    public DqnOptions rainbow(double lowest, double highest) {
        return new DqnOptions(hidden, gamma, memory, batch, warmUp, trainEvery, updates, targetEvery, exploreSteps,
                explore, true, true, 0.5, 3, true, 51, lowest, highest);
    }
}
