package dev.merapi.play.env;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;

/** Says how many steps each environment takes in a second of a core's time, with random actions, in one thread. */
final class EnvSpeed {
    private static final double SECONDS = 1;

    private EnvSpeed() {}

    static void main() {
        for (String name : Envs.names()) {
            try (Env<?> env = Envs.any(name)) {
                measure(env, SECONDS / 4); // until it is compiled
                IO.println("%-26s %,12d steps/s".formatted(name, Math.round(measure(env, SECONDS))));
            }
        }
        try (var envs = new VectorEnv<>(8, () -> Envs.make("CartPole-v1"), 1, 1)) {
            envs.reset();
            var chance = new Chance(1);
            long steps = 0, begin = now();
            while (now() - begin < SECONDS * 1e9) {
                var actions = new ArrayList<Integer>();
                for (int i = 0; i < 8; i++) actions.add(chance.nextInt(2));
                envs.step(actions);
                steps += 8;
            }
            IO.println("%-26s %,12d steps/s".formatted("CartPole-v1, 8 in a vector",
                    Math.round(steps / SECONDS)));
        }
    }

    /** What other processes do plays no part. */
    private static long now() { return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(); }

    private static <A> double measure(Env<A> env, double seconds) {
        var chance = new Chance(1);
        long steps = 0, episode = 0, begin = now();
        env.reset(episode++);
        while (now() - begin < seconds * 1e9) {
            for (int i = 0; i < 100; i++) {
                if (env.step(env.actionSpace().sample(chance)).isOver()) env.reset(episode++);
            }
            steps += 100;
        }
        return steps / seconds;
    }
}
