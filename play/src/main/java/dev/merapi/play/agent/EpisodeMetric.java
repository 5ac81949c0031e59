package dev.merapi.play.agent;

import dev.merapi.metric.Metric;
import dev.merapi.play.env.EpisodeStatistics.Episode;
import java.util.ArrayList;
import java.util.List;

/** What episodes brought: the mean return, its deviation over episodes, the mean length. */
final class EpisodeMetric implements Metric<List<Episode>, Object> {
    private final String name;
    private final Kind kind;
    private final List<Double> values = new ArrayList<>();

    private enum Kind { RETURN, DEVIATION, LENGTH }

    private EpisodeMetric(String name, Kind kind) {
        this.name = name;
        this.kind = kind;
    }

    /** All three, the return first: by it the best model is kept. */
    static List<Metric<?, ?>> all() {
        return List.of(new EpisodeMetric("return", Kind.RETURN), new EpisodeMetric("return_deviation", Kind.DEVIATION),
                new EpisodeMetric("episode_length", Kind.LENGTH));
    }

    @Override public String name() { return name; }

    @Override public void update(List<Episode> episodes, Object target) {
        episodes.forEach(e -> values.add(kind == Kind.LENGTH ? e.steps() : e.total()));
    }

    @Override public double[] state() { return values.stream().mapToDouble(v -> v).toArray(); }

    @Override public void merge(double... state) { for (double value : state) values.add(value); }

    @Override public double value() {
        double mean = values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
        if (kind != Kind.DEVIATION) return mean;
        return Math.sqrt(values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElse(Double.NaN));
    }

    @Override public void reset() { values.clear(); }

    @Override public boolean greaterIsBetter() { return kind != Kind.DEVIATION; }
}
