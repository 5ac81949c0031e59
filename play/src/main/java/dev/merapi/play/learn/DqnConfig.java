package dev.merapi.play.learn;

import dev.merapi.recipe.Describe;
import java.util.List;

/** {@link AgentConfig}, and which of Rainbow's parts to use. */
record DqnConfig(
        @Describe("where to act, such as CartPole-v1") String env,
        @Describe("of the environment; 0 for the tuned number") long steps,
        @Describe("how often it is measured on the way") int evaluations,
        @Describe("played each time it is measured") int episodes,
        @Describe("of Adam; 0 for the tuned one") double learningRate,
        @Describe("discount of a reward a step later; 0 for the tuned one") double gamma,
        @Describe("transitions in an update; 0 for the tuned number") int batchSize,
        @Describe("widths of hidden layers; [] for the tuned ones") List<Integer> hidden,
        @Describe("improvements of Mnih's DQN; all of them are Rainbow") List<Part> parts,
        @Describe("smallest return that a distribution holds") double lowest,
        @Describe("largest return that a distribution holds") double highest,
        @Describe("of the weights, the episodes and all chance") long seed) {
    /** An improvement by itself; {@code TUNED} for what the table has. */
    enum Part { TUNED, DOUBLE, DUELLING, PRIORITIZED, N_STEP, NOISY, DISTRIBUTIONAL }

    DqnConfig {
        hidden = List.copyOf(hidden);
        parts = List.copyOf(parts);
        new AgentConfig(env, steps, evaluations, episodes, learningRate, gamma, batchSize, hidden, 1, seed);
    }

    AgentConfig agent() {
        return new AgentConfig(env, steps, evaluations, episodes, learningRate, gamma, batchSize, hidden, 1, seed);
    }
}
