package dev.merapi.play.env;

import dev.merapi.tensor.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class VectorEnvTest {
    private static VectorEnv<Integer> four(int threads) {
        return new VectorEnv<>(4, () -> Envs.make("CartPole-v1"), 7, threads);
    }

    @Test void threadsChangeNothing() {
        try (var one = four(1); var several = four(3)) {
            assertArrayEquals(one.reset(), several.reset());
            int ended = 0;
            for (int t = 0; t < 200; t++) {
                var actions = List.of(t % 2, 1, t / 2 % 2, 0);
                var a = one.step(actions);
                var b = several.step(actions);
                assertArrayEquals(a.observations(), b.observations());
                assertArrayEquals(a.terminated(), b.terminated());
                assertEquals(a.over(), b.over());
                ended += a.over().size();
            }
            assertTrue(ended > 10, "episodes ended: " + ended);
        }
    }

    @Test void whereAnEpisodeEndsTheNextBegins() {
        try (var envs = four(1)) {
            envs.reset();
            VectorEnv.Batch batch;
            int steps = 0;
            do {
                batch = envs.step(Collections.nCopies(4, 1));
                steps++;
            } while (batch.over().isEmpty());
            int i = 0;
            while (batch.finals()[i] == null) i++;
            assertEquals(new EpisodeStatistics.Episode(steps, steps), batch.over().getFirst());
            assertTrue(Math.abs(batch.finals()[i][2]) > 0.2094, "where the pole had fallen");
            assertTrue(Math.abs(batch.observations()[4 * i + 2]) <= 0.05, "where it stands again");
        }
    }

    @Test void aSavedStateGoesOnToTheSameBits() {
        long before = Scope.live();
        for (String name : List.of("CartPole-v1", "Meteors", "LunarLander", "SlipperyLake")) {
            try (var a = new VectorEnv<>(3, () -> Envs.make(name), 1, 1);
                    var b = new VectorEnv<>(3, () -> Envs.make(name), 1, 2); var _ = Scope.open()) {
                a.reset();
                var random = new Chance(4);
                for (int t = 0; t < 60; t++) a.step(some(a, random));
                b.load(a.state());
                assertArrayEquals(a.observations(), b.observations(), name);
                for (int t = 0; t < 60; t++) {
                    var actions = some(a, random);
                    var x = a.step(actions);
                    var y = b.step(actions);
                    assertArrayEquals(x.observations(), y.observations(), name);
                    assertEquals(x.over(), y.over(), name);
                }
            }
        }
        assertTrue(Scope.live() <= before);
    }

    private static List<Integer> some(VectorEnv<Integer> envs, Chance random) {
        var actions = new ArrayList<Integer>();
        for (int i = 0; i < envs.size(); i++) actions.add(envs.actionSpace().sample(random));
        return actions;
    }

    @Test void tooFewActions() {
        try (var envs = four(1)) {
            envs.reset();
            assertEquals("VectorEnv.step: expected 4 actions, one for each environment. Received 1.",
                    assertThrows(IllegalArgumentException.class, () -> envs.step(List.of(1))).getMessage());
        }
    }

    @Test void aMistakeInAThreadIsToldAsItIs() {
        try (var envs = four(2)) {
            envs.reset();
            assertEquals("CartPole.step: expected an action from 0 to 1. Received 5.",
                    assertThrows(IllegalArgumentException.class, () -> envs.step(List.of(0, 0, 0, 5))).getMessage());
        }
    }
}
