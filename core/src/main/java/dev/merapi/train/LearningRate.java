package dev.merapi.train;

import dev.merapi.optim.ReduceOnPlateau;
import dev.merapi.optim.Schedule;
import java.util.List;

/** The learning rate of each step: the optimizer's own, times the schedule's factor, times the plateau's. */
final class LearningRate {
    private final double base;
    private final Schedule schedule;
    private final String metric;
    private final ReduceOnPlateau plateau; // null: none

    /** After the epochs in {@code history}, which a resumed run brings along. */
    LearningRate(Trainer<?> trainer, double base, long steps, List<Epoch> history) {
        this.base = base;
        schedule = trainer.schedule.apply(steps);
        metric = trainer.plateauMetric;
        plateau = trainer.plateau == null ? null : new ReduceOnPlateau(trainer.plateau);
        history.forEach(this::epoch);
    }

    double at(long step) { return base * schedule.factor(step) * (plateau == null ? 1 : plateau.factor()); }

    void epoch(Epoch epoch) { if (plateau != null) plateau.update(epoch.value(metric)); }
}
