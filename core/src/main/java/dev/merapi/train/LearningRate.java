package dev.merapi.train;

import dev.merapi.optim.ReduceOnPlateau;
import dev.merapi.optim.Schedule;
import java.util.OptionalLong;

/** The learning rate of each step: an optimizer's own, times the schedule's factor, times the plateau's. */
final class LearningRate {
    private final Schedule schedule;
    private final String metric;
    private final ReduceOnPlateau plateau; // null: none

    /** @param steps in the whole run */
    LearningRate(Trainer<?> trainer, OptionalLong steps) {
        if (trainer.scheduleNeedsSteps && steps.isEmpty()) {
            throw new IllegalArgumentException("Trainer.scheduleOver: expected a run whose number of steps is known."
                    + " Received a source of batches that does not tell how many it has; set steps(n), or use a"
                    + " schedule(...) that does not depend on them.");
        }
        schedule = trainer.schedule.apply(steps.orElse(0));
        metric = trainer.plateauMetric;
        plateau = trainer.plateau == null ? null : new ReduceOnPlateau(trainer.plateau);
    }

    double at(long step, double base) {
        return base * schedule.factor(step) * (plateau == null ? 1 : plateau.factor());
    }

    /** Takes an epoch into account that was finished, or that a resumed run brings along. */
    void epoch(Epoch epoch) { if (plateau != null) plateau.update(epoch.value(metric)); }
}
