package dev.merapi.play.env;

import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GamesTest {
    private static <E extends Env<Integer>> double mean(E env, int episodes, ToIntFunction<E> policy) {
        double sum = 0;
        for (int e = 0; e < episodes; e++) {
            env.reset(e);
            Env.Step step;
            int steps = 0;
            do {
                step = env.step(policy.applyAsInt(env));
                sum += step.reward();
            } while (!step.isOver() && ++steps < 2000);
        }
        return sum / episodes;
    }

    @Test void theGreedyScriptsPlayBetterThanChance() {
        var random = new Chance(1);
        double snake = mean(new Snake(), 100, Snake::greedy), blind = mean(new Snake(), 100, _ -> random.nextInt(3));
        assertTrue(snake > blind + 5, snake + " and " + blind);
        double ship = mean(new Meteors(), 100, Meteors::greedy), drunk = mean(new Meteors(), 100,
                _ -> random.nextInt(3));
        assertTrue(ship > drunk + 0.5, ship + " and " + drunk);
    }

    @Test void aSnakeGrowsByWhatItEatsAndDiesAtTheWall() {
        var snake = new Snake(6);
        float[] seen = snake.reset(3);
        assertEquals(2.0 / 36, seen[3 * 121], 1e-6);
        int apples = 0;
        Env.Step step;
        do {
            step = snake.step(snake.greedy());
            if (step.reward() == 1) apples++;
        } while (!step.isOver());
        assertEquals((2 + apples) / 36.0, step.observation()[3 * 121], 1e-6);
        snake.reset(3);
        do step = snake.step(1); while (!step.isOver());
        assertEquals(-1, step.reward());
    }

    @Test void aSnakeSeesTheBoardFromItsHead() {
        for (int seed = 0; seed < 8; seed++) { // all four directions
            var snake = new Snake(6);
            float[] seen = snake.reset(seed);
            int middle = 5 * 11 + 5;
            assertEquals(1, seen[121 + middle], "the head is in the middle");
            assertEquals(0.5, seen[121 + middle + 11], "and looks up, the tail below it");
            int ahead = 0; // free squares before the wall
            while (seen[middle - 11 * (ahead + 1)] == 0) ahead++;
            for (int i = 0; i < ahead; i++) assertTrue(!snake.step(1).terminated());
            assertTrue(snake.step(1).terminated());
        }
    }

    @Test void aGridsValuesAreThoseOfTheShortestWay() {
        var rules = new GridWorld.Rules(0, 0, 1, 0, false);
        double[] values = new GridWorld(List.of("S.G", ".#H"), rules).values(0.9);
        assertEquals(0.9, values[0], 1e-9); // one step before the last
        assertEquals(1, values[1], 1e-9);
        assertEquals(0, values[2], 1e-9);
        assertEquals(0.81, values[3], 1e-9);
        // along the edge of the cliff: 1 up, 11 right, 1 down
        assertEquals(-13, GridWorld.cliffWalking().values(1)[36], 1e-9);
        // of FrozenLake-v1, slippery, 0.9: 5,000 sweeps of value iteration over its table of transitions in NumPy
        assertEquals(0.0689, GridWorld.frozenLake(true).values(0.9)[0], 1e-4);
    }

    @Test void aCliffLeadsBackToTheStart() {
        var env = GridWorld.cliffWalking();
        env.reset(1);
        var step = env.step(2);
        assertEquals(-100, step.reward());
        assertTrue(!step.terminated() && step.observation()[36] == 1);
    }

    @Test void aMapThatIsNone() {
        assertEquals("GridWorld: expected a start, S. Received none.", assertThrows(IllegalArgumentException.class,
                () -> new GridWorld(List.of("..G"), GridWorld.Rules.DEFAULT)).getMessage());
        assertEquals("GridWorld: expected squares S . # H G. Received 'x'.", assertThrows(
                IllegalArgumentException.class, () -> new GridWorld(List.of("Sx"), GridWorld.Rules.DEFAULT))
                .getMessage());
    }

    @Test void aLanderFallsAndItsEnginesPushAsTheyShould() {
        double idle = fallSpeed(0), braked = fallSpeed(2);
        assertTrue(idle < -0.3 && braked > idle + 0.2, idle + " and " + braked);
        assertTrue(spin(1) > 0.05 && spin(3) < -0.05, "the left engine turns it left: " + spin(1) + ", " + spin(3));
    }

    private static double fallSpeed(int action) {
        var env = new LunarLander();
        float start = env.reset(5)[3];
        for (int i = 0; i < 20; i++) env.step(action);
        return env.step(0).observation()[3] - start;
    }

    private static double spin(int action) {
        var env = new LunarLander();
        float start = env.reset(5)[5];
        for (int i = 0; i < 15; i++) env.step(action);
        return env.step(0).observation()[5] - start;
    }

    @Test void aLanderWithoutEnginesCrashes() {
        var env = new LunarLander();
        env.reset(2);
        Env.Step step;
        do step = env.step(0); while (!step.isOver());
        assertEquals(-100, step.reward());
    }
}
