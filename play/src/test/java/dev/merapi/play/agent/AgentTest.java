package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Env;
import dev.merapi.play.env.Envs;
import dev.merapi.play.env.GridWorld;
import dev.merapi.play.env.Space;
import dev.merapi.play.env.TimeLimit;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each algorithm learns something small; a killed run ends with the same bits; nothing stays in memory. */
class AgentTest {
    private static final Supplier<Env<Integer>> ROAD = () -> new TimeLimit<>(new GridWorld(List.of("S....G"),
            new GridWorld.Rules(0, -0.1, 1, 0, false)), 30);
    private static final DqnOptions SMALL = new DqnOptions(List.of(32), 0.95, 500, 32, 100, 4, 2, 50, 400, 0.1, false,
            false, 0, 1, false, 1, 0, 0);
    private static final PpoOptions SHORT = new PpoOptions(4, 1, 32, List.of(32), Activation.TANH, 4, 64, 0.95, 0.9,
            0.2, 0.5, 0.01, 0.5, 0.05, true);

    private static final OffPolicyOptions TINY = new OffPolicyOptions(List.of(16), 0.98, 0.01, 400, 32, 64, 2, 1, 0.1);

    private record Learner(Agent<?> agent, Trainer<Round> trainer) {}

    private static Learner learner(String name) {
        Torch.seed(5);
        return switch (name) {
            case "dqn" -> of(new Dqn(ROAD, SMALL, 3), a -> a.trainer(3e-3));
            case "rainbow" -> of(new Dqn(ROAD, SMALL.rainbow(-3, 1), 3), a -> a.trainer(3e-3));
            case "ppo" -> of(new Ppo<>(ROAD, SHORT, 3), a -> a.trainer(3e-3, 20));
            case "recurrent" -> of(new RecurrentPpo<>(ROAD, SHORT, 3), a -> a.trainer(3e-3, 20));
            case "a2c" -> of(new A2c<>(ROAD, SHORT, 3), a -> a.trainer(1e-2, 40));
            case "reinforce" -> of(new Reinforce<>(ROAD, List.of(32), 8, 0.95, 3), a -> a.trainer(1e-2));
            case "sac" -> of(new Sac(() -> Envs.makeContinuous("Pendulum-v1"), TINY, 3), a -> a.trainer(1e-3));
            case "td3" -> of(new Td3(() -> Envs.makeContinuous("Pendulum-v1"), TINY, true, 3), a -> a.trainer(1e-3));
            case "ddpg" -> of(new Td3(() -> Envs.makeContinuous("Pendulum-v1"), TINY, false, 3), a -> a.trainer(1e-3));
            default -> of(new Imitation<>(ROAD, (_, masks) -> masks.stream().map(_ -> 2).toList(),
                    new Imitation.Options(List.of(16), true, 20, 20, 16, 200), 3), a -> a.trainer(1e-2));
        };
    }

    private static <G extends Agent<?>> Learner of(G agent, Function<G, Trainer<Round>> trainer) {
        return new Learner(agent, trainer.apply(agent).seed(11));
    }

    /** The road is 5 steps long: 5 · −0.1 + 1. */
    @ParameterizedTest @ValueSource(strings = {"dqn", "rainbow", "ppo", "recurrent", "a2c", "reinforce", "imitation"})
    void theWayIsFound(String name) {
        long before = Scope.live();
        var learner = learner(name);
        int rounds = switch (name) {
            case "ppo", "recurrent" -> 20;
            case "a2c" -> 40;
            case "reinforce" -> 25;
            case "imitation" -> 3;
            default -> 250;
        };
        learner.trainer.steps(rounds).evaluateEvery(rounds).fit(Rounds.endless());
        assertEquals(0.5, learner.trainer.evaluate(Rounds.of(4)).get("return"), 1e-9);
        learner.agent.close();
        assertTrue(Scope.live() <= before, "tensors left");
    }

    @ParameterizedTest @ValueSource(strings = {"dqn", "rainbow", "ppo", "recurrent", "a2c", "reinforce", "sac", "td3",
        "ddpg", "imitation"})
    void aKilledRunEndsWithTheSameBits(String name, @TempDir Path folder) {
        var whole = bits(name, folder.resolve("whole"), 6, false);
        bits(name, folder.resolve("killed"), 3, false);
        var resumed = bits(name, folder.resolve("killed"), 6, true);
        assertEquals(whole.keySet(), resumed.keySet());
        whole.forEach((key, value) -> assertEquals(value, resumed.get(key), key));
    }

    private static Map<String, List<Float>> bits(String name, Path folder, int rounds, boolean resume) {
        var learner = learner(name);
        var trainer = learner.trainer.steps(rounds).evaluateEvery(3).folder(folder);
        if (resume) trainer.resume();
        trainer.schedule(_ -> 1).fit(Rounds.endless());
        var bits = new TreeMap<String, List<Float>>();
        learner.agent.model().tensors().forEach((key, tensor) -> bits.put(key, floats(tensor)));
        try (var _ = Scope.open()) {
            learner.agent.state().forEach((key, tensor) -> bits.put("memory " + key, floats(tensor)));
        }
        learner.agent.close();
        return bits;
    }

    private static List<Float> floats(Tensor tensor) {
        float[] values = tensor.toFloats();
        var list = new ArrayList<Float>(values.length);
        for (float value : values) list.add(value);
        return list;
    }

    /** Shows at first, and never again, which action is right at the end. */
    private static final class Told implements Env<Integer> {
        private static final int STEPS = 4;
        private float right; // −1 or 1
        private int step;

        @Override public Space.Box observationSpace() { return Space.Box.of(-1, 1, 1); }

        @Override public Space<Integer> actionSpace() { return new Space.Discrete(2); }

        @Override public float[] reset(long seed) {
            step = 0;
            right = new Chance(seed).nextInt(2) * 2 - 1;
            return new float[] {right};
        }

        @Override public Step step(Integer action) {
            boolean over = ++step == STEPS;
            return new Step(new float[] {0}, over && action * 2 - 1 == right ? 1 : 0, over, false, Map.of());
        }
    }

    @Test void onlyAMemoryKnowsWhatWasSaidBefore() {
        long before = Scope.live();
        double[] returns = new double[2];
        for (int i = 0; i < 2; i++) {
            Torch.seed(2);
            try (Agent<Integer> agent = i == 0 ? new Ppo<>(Told::new, SHORT, 1)
                    : new RecurrentPpo<>(Told::new, SHORT, 1)) {
                var trainer = agent instanceof Ppo<Integer> p ? p.trainer(1e-2, 20)
                        : ((RecurrentPpo<Integer>) agent).trainer(1e-2, 20);
                trainer.fit(Rounds.endless());
                returns[i] = trainer.evaluate(Rounds.of(40)).get("return");
            }
        }
        assertEquals(1, returns[1]);
        assertTrue(returns[0] < 0.8, "by chance: " + returns[0]);
        assertTrue(Scope.live() <= before, "tensors left");
    }

    @Test void continuousActionsStayInTheirBoundsAndMemoryFlat() {
        for (String name : List.of("sac", "td3")) {
            var learner = learner(name);
            learner.trainer.steps(20).fit(Rounds.endless());
            long before = Scope.live();
            learner.trainer.steps(20).fit(Rounds.endless()); // Checked refuses an action outside
            assertTrue(Scope.live() <= before, name);
            assertEquals(200, learner.trainer.evaluate(Rounds.of(2)).get("episode_length"));
            learner.agent.close();
        }
    }

    @Test void daggerComesBackFromItsOwnMistakes() {
        // an expert for CartPole that leans against the pole's fall
        Actor<Integer> expert = (seen, masks) -> {
            var actions = new ArrayList<Integer>();
            for (int i = 0; i < masks.size(); i++) actions.add(seen[4 * i + 2] + seen[4 * i + 3] > 0 ? 1 : 0);
            return actions;
        };
        Torch.seed(1);
        var agent = new Imitation<>(() -> Envs.make("CartPole-v1"), expert,
                new Imitation.Options(List.of(32), true, 300, 100, 64, 5000), 1);
        var trainer = agent.trainer(3e-3).steps(6);
        trainer.fit(Rounds.endless());
        double learned = trainer.evaluate(Rounds.of(5)).get("return");
        assertTrue(learned > 150, "the return is " + learned + "; chance gets about 22");
        agent.close();
    }
}
