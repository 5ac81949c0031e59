package dev.merapi.play.learn;

import dev.merapi.nn.Activation;
import dev.merapi.play.agent.DqnOptions;
import dev.merapi.play.agent.OffPolicyOptions;
import dev.merapi.play.agent.PpoOptions;
import java.util.List;
import java.util.Map;

/**
 * What works for each environment, in one table; the first of each algorithm is for those that are not named. Most
 * numbers began as those of Stable-Baselines3's zoo.
 *
 * @param steps of all environments
 * @param learningRate of the optimizers
 * @param options the algorithm's
 */
record Tuned<O>(long steps, double learningRate, O options) {
    private static final List<Integer> SMALL = List.of(64, 64);
    private static final List<Integer> WIDE = List.of(256, 256);
    private static final Activation TANH = Activation.TANH;
    private static final Activation RELU = Activation.RELU;

    // hidden, gamma, memory, batch, warm-up, every, updates, target, explore over and down to; then Rainbow's parts
    private static final Map<String, Tuned<DqnOptions>> DQN = Map.of(
            "", new Tuned<>(50_000, 1e-3, dqn(SMALL, 0.99, 50_000, 64, 1_000, 4, 1, 500, 10_000, 0.05)),
            "CartPole-v1", new Tuned<>(50_000, 1e-3, dqn(WIDE, 0.99, 50_000, 64, 1_000, 256, 128, 10, 8_000, 0.04)),
            "MountainCar-v0", new Tuned<>(120_000, 4e-3,
                    dqn(WIDE, 0.98, 10_000, 128, 1_000, 16, 8, 600, 24_000, 0.07)),
            "Acrobot-v1", new Tuned<>(100_000, 6.3e-4, dqn(SMALL, 0.99, 50_000, 128, 1_000, 8, 4, 250, 12_000, 0.1)),
            "FrozenLake", new Tuned<>(10_000, 1e-3, dqn(List.of(64), 0.95, 10_000, 64, 500, 4, 2, 100, 5_000, 0.1)),
            "CliffWalking", new Tuned<>(20_000, 1e-3, dqn(List.of(64), 0.99, 20_000, 64, 500, 4, 2, 200, 10_000, 0.1)));

    // environments, threads, length, hidden, activation, epochs, batch, gamma, lambda, clip, value clip, entropy, …
    private static final Map<String, Tuned<PpoOptions>> PPO = Map.of(
            "", new Tuned<>(200_000, 3e-4, ppo(8, 128, SMALL, TANH, 10, 256, 0.99, 0.95, 0)),
            "CartPole-v1", new Tuned<>(100_000, 1e-3, ppo(8, 32, SMALL, TANH, 20, 256, 0.98, 0.8, 0)),
            "Acrobot-v1", new Tuned<>(200_000, 1e-3, ppo(16, 128, SMALL, TANH, 8, 512, 0.99, 0.94, 0.001)),
            "LunarLander", new Tuned<>(500_000, 1e-3, ppo(16, 256, SMALL, TANH, 6, 512, 0.999, 0.98, 0.01)),
            "FrozenLake", new Tuned<>(40_000, 1e-3, ppo(8, 64, List.of(64), TANH, 8, 128, 0.95, 0.9, 0.01)),
            "SlipperyLake", new Tuned<>(150_000, 1e-3, ppo(8, 128, List.of(64), TANH, 8, 256, 0.99, 0.95, 0.01)),
            "CliffWalking", new Tuned<>(60_000, 1e-3, ppo(8, 128, List.of(64), TANH, 8, 256, 0.99, 0.95, 0.01)),
            "Snake", new Tuned<>(600_000, 1e-3, ppo(32, 64, List.of(128), RELU, 4, 512, 0.99, 0.95, 0.01)),
            "Meteors", new Tuned<>(500_000, 1e-3, ppo(32, 64, List.of(128), RELU, 4, 512, 0.99, 0.95, 0.01)));

    private static final Map<String, Tuned<PpoOptions>> A2C = Map.of(
            "", new Tuned<>(300_000, 7e-4, ppo(16, 8, SMALL, TANH, 1, 128, 0.99, 0.95, 0)));

    private static final Map<String, Tuned<PpoOptions>> RECURRENT_PPO = Map.of(
            "", new Tuned<>(100_000, 1e-3, ppo(8, 32, List.of(64), TANH, 10, 128, 0.98, 0.8, 0)));

    // hidden, gamma, tau, memory, batch, warm-up, every, updates, noise
    private static final Map<String, Tuned<OffPolicyOptions>> SAC = Map.of(
            "", new Tuned<>(50_000, 3e-4, new OffPolicyOptions(WIDE, 0.99, 0.005, 50_000, 256, 1_000, 1, 1, 0.1)),
            "Pendulum-v1", new Tuned<>(12_000, 2e-3, new OffPolicyOptions(SMALL, 0.98, 0.01, 20_000, 128, 500, 1, 1,
                    0.1)));

    private static final Map<String, Tuned<OffPolicyOptions>> TD3 = Map.of(
            "", new Tuned<>(50_000, 1e-3, new OffPolicyOptions(WIDE, 0.99, 0.005, 50_000, 256, 1_000, 1, 1, 0.1)),
            "Pendulum-v1", new Tuned<>(20_000, 1e-3, new OffPolicyOptions(SMALL, 0.98, 0.01, 20_000, 128, 500, 1, 1,
                    0.1)),
            "MountainCarContinuous-v0", new Tuned<>(30_000, 1e-3, new OffPolicyOptions(SMALL, 0.99, 0.01, 30_000, 128,
                    2_000, 1, 1, 0.3)));

    private static DqnOptions dqn(List<Integer> hidden, double gamma, int memory, int batch, int warmUp, int every,
            int updates, int target, int exploreSteps, double explore) {
        return new DqnOptions(hidden, gamma, memory, batch, warmUp, every, updates, target, exploreSteps, explore,
                true, false, 0, 1, false, 1, 0, 0);
    }

    private static PpoOptions ppo(int environments, int length, List<Integer> hidden, Activation activation,
            int epochs, int batch, double gamma, double lambda, double entropy) {
        return new PpoOptions(environments, 1, length, hidden, activation, epochs, batch, gamma, lambda, 0.2, 0,
                entropy, 0.5, 0, true);
    }

    static Tuned<DqnOptions> dqn(String env) { return DQN.getOrDefault(env, DQN.get("")); }

    static Tuned<PpoOptions> ppo(String env) { return PPO.getOrDefault(env, PPO.get("")); }

    static Tuned<PpoOptions> recurrentPpo(String env) {
        return RECURRENT_PPO.getOrDefault(env, RECURRENT_PPO.get(""));
    }

    static Tuned<PpoOptions> a2c(String env) { return A2C.getOrDefault(env, A2C.get("")); }

    static Tuned<OffPolicyOptions> sac(String env) { return SAC.getOrDefault(env, SAC.get("")); }

    static Tuned<OffPolicyOptions> td3(String env) { return TD3.getOrDefault(env, TD3.get("")); }
}
