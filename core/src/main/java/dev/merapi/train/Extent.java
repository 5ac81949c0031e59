package dev.merapi.train;

import dev.merapi.data.BatchSource;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How long a fit is, and its epochs, at whose ends it is evaluated: passes over the data, or so many steps each.
 *
 * @param stepsPerPass empty where nobody knows
 * @param passes that the fit has, where it is not {@code steps} long
 * @param steps that the fit has; 0: as many as in its passes
 * @param every steps in an epoch; 0: as many as in a pass
 */
record Extent(OptionalLong stepsPerPass, int passes, long steps, long every) {
    static Extent of(Trainer<?> trainer, BatchSource<?> train) {
        var batches = train.length();
        var stepsPerPass = batches.isEmpty() ? batches
                : OptionalLong.of((long) trainer.strategy.max(Math.ceilDiv(batches.getAsLong(), trainer.accumulate)));
        return new Extent(stepsPerPass, trainer.epochs, trainer.steps, trainer.evaluateEvery);
    }

    boolean isOver(Bookmark at) { return steps > 0 ? at.step >= steps : at.pass() >= passes; }

    /** Whether the running epoch ends here, wherever in the data. */
    boolean endsEpoch(Bookmark at) { return every > 0 && at.stepInEpoch >= every || steps > 0 && at.step >= steps; }

    /** Whether the running epoch goes on behind the end of a pass. */
    boolean goesOnBehindPass(Bookmark at) {
        if (steps == 0 && at.pass() + 1 >= passes) return false;
        return every > 0 || at.stepInEpoch == 0; // a pass that was over when a resumed epoch began
    }

    OptionalLong stepsPerEpoch() { return every > 0 ? OptionalLong.of(every) : stepsPerPass; }

    OptionalLong totalSteps() {
        if (steps > 0) return OptionalLong.of(steps);
        return stepsPerPass.isEmpty() ? stepsPerPass : OptionalLong.of(passes * stepsPerPass.getAsLong());
    }

    OptionalInt epochs() {
        if (steps == 0 && every == 0) return OptionalInt.of(passes);
        var each = stepsPerEpoch();
        var total = totalSteps();
        if (each.isEmpty() || total.isEmpty()) return OptionalInt.empty();
        return OptionalInt.of(Math.toIntExact(Math.ceilDiv(total.getAsLong(), each.getAsLong())));
    }
}
