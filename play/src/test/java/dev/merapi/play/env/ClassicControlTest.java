package dev.merapi.play.env;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The dynamics, step by step, against trajectories of src/test/python/trajectories.py. */
class ClassicControlTest {
    private static final double CLOSE = 1e-9; // of a step from the same state: other sines end in other digits
    private static final double SINGLE = 2e-6; // what a state or an observation in 32 bits may be off by

    private record Line(String env, int t, double[] state, double action, double[] next, double[] observation,
            double reward, boolean terminated) {}

    private static List<Line> lines() throws IOException {
        try (var in = new BufferedReader(new InputStreamReader(
                ClassicControlTest.class.getResourceAsStream("trajectories.csv"), StandardCharsets.UTF_8))) {
            return in.lines().skip(1).map(ClassicControlTest::line).toList();
        }
    }

    private static Line line(String text) {
        String[] f = text.split(",");
        return new Line(f[0], Integer.parseInt(f[1]), numbers(f[2]), Double.parseDouble(f[3]), numbers(f[4]),
                numbers(f[5]), Double.parseDouble(f[6]), Boolean.parseBoolean(f[7]));
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private static ClassicEnv<?> named(String name) {
        return switch (name) {
            case "CartPole" -> new CartPole();
            case "MountainCar" -> new MountainCar();
            case "MountainCarContinuous" -> new MountainCarContinuous();
            case "Acrobot" -> new Acrobot();
            default -> new Pendulum();
        };
    }

    @Test void everyStepFromAStoredStateIsGymnasiums() throws IOException {
        Set<String> ended = new HashSet<>();
        for (var line : lines()) {
            var env = named(line.env);
            env.begin(line.state);
            compare(line, env, act(env, line.action), line.env.equals("MountainCarContinuous") ? 1e-6 : CLOSE);
            if (line.terminated) ended.add(line.env);
        }
        assertEquals(Set.of("CartPole", "MountainCar", "MountainCarContinuous", "Acrobot"), ended,
                "each that can end does so in one of them");
    }

    @Test void wholeEpisodesStayBesideGymnasiums() throws IOException {
        ClassicEnv<?> env = null;
        for (var line : lines()) {
            if (line.t == 0) {
                env = named(line.env);
                env.begin(line.state);
            }
            compare(line, env, act(env, line.action), 1e-5);
        }
    }

    @SuppressWarnings("unchecked") // by the type of its actions
    private static Env.Step act(ClassicEnv<?> env, double action) {
        return env.actionSpace() instanceof Space.Discrete ? ((ClassicEnv<Integer>) env).step((int) action)
                : ((ClassicEnv<float[]>) env).step(new float[] {(float) action});
    }

    private static void compare(Line line, ClassicEnv<?> env, Env.Step step, double close) {
        String where = line.env + " " + line.t;
        assertArrayEquals(line.next, env.state(), close * 10, where);
        var seen = new double[step.observation().length];
        for (int i = 0; i < seen.length; i++) seen[i] = step.observation()[i];
        assertArrayEquals(line.observation, seen, Math.max(close * 10, SINGLE), where);
        assertEquals(line.reward, step.reward(), Math.max(close * 10, 1e-7), where);
        assertEquals(line.terminated, step.terminated(), where);
    }

    @Test void episodesBeginWhereGymnasiumsBegin() {
        for (int seed = 0; seed < 50; seed++) {
            for (float x : new CartPole().reset(seed)) assertTrue(Math.abs(x) <= 0.05, "CartPole " + x);
            float[] car = new MountainCar().reset(seed);
            assertTrue(car[0] >= -0.6f && car[0] <= -0.4f && car[1] == 0, "MountainCar " + car[0]);
            var acrobot = new Acrobot();
            acrobot.reset(seed);
            for (double x : acrobot.state()) assertTrue(Math.abs(x) <= 0.1 + 1e-8, "Acrobot " + x);
            var pendulum = new Pendulum();
            pendulum.reset(seed);
            assertTrue(Math.abs(pendulum.state()[0]) <= Math.PI && Math.abs(pendulum.state()[1]) <= 1, "Pendulum");
        }
    }

    @Test void observationsLieInTheirSpace() {
        for (String name : Envs.names()) {
            try (Env<?> env = Envs.any(name)) {
                play(env, 300);
            }
        }
    }

    private static <A> void play(Env<A> env, int steps) {
        var random = new Chance(3);
        float[] seen = env.reset(1);
        for (int i = 0; i < steps; i++) {
            assertTrue(env.observationSpace().contains(seen), () -> env.observationSpace().toString());
            var step = env.step(env.actionSpace().sample(random, env.actionMask()));
            seen = step.isOver() ? env.reset(i) : step.observation();
        }
    }

    @Test void anEpisodeFollowsFromItsSeedAndActions() {
        for (String name : Envs.names()) {
            try (Env<?> a = Envs.any(name); Env<?> b = Envs.any(name)) {
                assertArrayEquals(trace(a, 11), trace(b, 11), name);
            }
        }
    }

    private static <A> float[] trace(Env<A> env, long seed) {
        var random = new Chance(5);
        env.reset(seed);
        Env.Step step = env.step(env.actionSpace().sample(random));
        for (int i = 0; i < 150 && !step.isOver(); i++) step = env.step(env.actionSpace().sample(random));
        return step.observation();
    }
}
