package dev.merapi.play.zero;

import dev.merapi.metric.MeanMetric;
import java.util.function.ToDoubleFunction;

/** The mean of a number of the contests after a round. */
final class ZeroMetric extends MeanMetric<ZeroTask.Result, Object> {
    private final String name;
    private final ToDoubleFunction<ZeroTask.Result> number;

    private ZeroMetric(String name, ToDoubleFunction<ZeroTask.Result> number) {
        this.name = name;
        this.number = number;
    }

    /** The champion's points of a game, from 0 to 1. */
    static ZeroMetric points() { return new ZeroMetric("points", result -> result.score().mean()); }

    /** How often the learner has become the champion. */
    static ZeroMetric promotions() { return new ZeroMetric("promotions", ZeroTask.Result::promotions); }

    @Override public String name() { return name; }

    @Override public void update(ZeroTask.Result result, Object target) { add(number.applyAsDouble(result), 1); }
}
