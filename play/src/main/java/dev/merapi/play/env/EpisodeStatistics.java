package dev.merapi.play.env;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts what episodes bring: the last step's info has an {@code episode}.
 *
 * @param <A> an action
 */
public final class EpisodeStatistics<A> extends Wrapper<A> {
    private final List<Episode> episodes = new ArrayList<>();
    private double sum;
    private int steps;

    /** An episode's rewards, added up, and how many steps it took. */
    public record Episode(double total, int steps) {}

    /** Around an environment. */
    public EpisodeStatistics(Env<A> inner) { super(inner); }

    @Override public float[] reset(long seed) {
        sum = 0;
        steps = 0;
        return inner.reset(seed);
    }

    @Override public Step step(A action) {
        var step = inner.step(action);
        sum += step.reward();
        steps++;
        if (!step.isOver()) return step;
        var episode = new Episode(sum, steps);
        episodes.add(episode);
        return step.info("episode", episode);
    }

    /** Those that are over, in order. */
    public List<Episode> episodes() { return List.copyOf(episodes); }
}
