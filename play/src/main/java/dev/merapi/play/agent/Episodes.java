package dev.merapi.play.agent;

import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Env;
import dev.merapi.play.env.EpisodeStatistics.Episode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Plays episodes, to see what an actor is worth.
 *
 * <pre>{@code
 * var chance = new Chance(1);
 * List<EpisodeStatistics.Episode> played = Episodes.play(() -> Envs.make("CartPole-v1"),
 *         (_, masks) -> masks.stream().map(_ -> chance.nextInt(2)).toList(), 100, 7);
 * }</pre>
 */
public final class Episodes {
    private Episodes() {}

    /**
     * Plays so many side by side, each in a row of its own.
     *
     * @param seed from which the episodes' seeds follow
     */
    public static <A> List<Episode> play(Supplier<? extends Env<A>> make, Actor<A> actor, int n, long seed) {
        var running = new ArrayList<Running<A>>();
        for (int i = 0; i < n; i++) running.add(new Running<>(make.get(), Chance.seed(seed, i)));
        try {
            for (int i = 0; i < n; i++) actor.begin(i);
            while (running.stream().anyMatch(one -> !one.over)) {
                int width = running.getFirst().seen.length;
                var seen = new float[n * width];
                var masks = new ArrayList<boolean[]>();
                for (int i = 0; i < n; i++) { // those that are over keep their rows
                    var one = running.get(i);
                    System.arraycopy(one.seen, 0, seen, i * width, width);
                    masks.add(one.over ? null : one.env.actionMask());
                }
                var actions = actor.act(seen, masks);
                for (int i = 0; i < n; i++) if (!running.get(i).over) running.get(i).step(actions.get(i));
            }
        } finally {
            running.forEach(one -> one.env.close());
        }
        return running.stream().map(one -> new Episode(one.total, one.steps)).toList();
    }

    private static final class Running<A> {
        final Env<A> env;
        float[] seen;
        double total;
        int steps;
        boolean over;

        Running(Env<A> env, long seed) {
            this.env = env;
            seen = env.reset(seed);
        }

        void step(A action) {
            var step = env.step(action);
            seen = step.observation();
            total += step.reward();
            steps++;
            over = step.isOver();
        }
    }
}
