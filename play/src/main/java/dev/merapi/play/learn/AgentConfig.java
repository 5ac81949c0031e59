package dev.merapi.play.learn;

import dev.merapi.play.agent.OffPolicyOptions;
import dev.merapi.play.agent.PpoOptions;
import dev.merapi.play.env.Envs;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;
import java.util.List;

/** Settings that all agents have; 0, or an empty list, stands for what {@link Tuned} has for the environment. */
record AgentConfig(
        @Describe("where to act, such as CartPole-v1") String env,
        @Describe("of all environments; 0 for the tuned number") long steps,
        @Describe("how often it is measured on the way") int evaluations,
        @Describe("played each time it is measured") int episodes,
        @Describe("of Adam, or a2c's RMSProp; 0 for the tuned one") double learningRate,
        @Describe("discount of a reward a step later; 0 for the tuned one") double gamma,
        @Describe("steps in an update; 0 for the tuned number") int batchSize,
        @Describe("widths of hidden layers; [] for the tuned ones") List<Integer> hidden,
        @Describe("that step environments, where there are several") int threads,
        @Describe("of the weights, the episodes and all chance") long seed) {
    AgentConfig {
        hidden = List.copyOf(hidden);
        Envs.any(env).close();
        Expect.atLeast("steps", 0, steps);
        Expect.atLeast("evaluations", 1, evaluations);
        Expect.atLeast("episodes", 1, episodes);
        Expect.atLeast("learning_rate", 0, learningRate);
        Expect.probability("gamma", gamma);
        Expect.atLeast("batch_size", 0, batchSize);
        for (int width : hidden) Expect.atLeast("hidden", 1, width);
        Expect.atLeast("threads", 1, threads);
    }

    static AgentConfig of(String env) { return new AgentConfig(env, 0, 20, 20, 0, 0, 0, List.of(), 1, 1337); }

    long steps(long tuned) { return steps == 0 ? tuned : steps; }

    double learningRate(double tuned) { return learningRate == 0 ? tuned : learningRate; }

    double gamma(double tuned) { return gamma == 0 ? tuned : gamma; }

    int batchSize(int tuned) { return batchSize == 0 ? tuned : batchSize; }

    List<Integer> hidden(List<Integer> tuned) { return hidden.isEmpty() ? tuned : hidden; }

    /** Tuned options with what was set. */
    PpoOptions over(PpoOptions t) {
        return new PpoOptions(t.environments(), threads, t.length(), hidden(t.hidden()), t.activation(), t.epochs(),
                batchSize(t.batch()), gamma(t.gamma()), t.lambda(), t.clip(), t.valueClip(), t.entropy(), t.value(),
                t.stop(), t.anneal());
    }

    /** Tuned options with what was set. */
    OffPolicyOptions over(OffPolicyOptions t) {
        return new OffPolicyOptions(hidden(t.hidden()), gamma(t.gamma()), t.tau(), t.memory(), batchSize(t.batch()),
                t.warmUp(), t.trainEvery(), t.updates(), t.noise());
    }
}
