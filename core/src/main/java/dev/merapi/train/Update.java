package dev.merapi.train;

import dev.merapi.optim.Clip;
import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import java.util.List;

/** Turns the passes of one step into one change of the weights. */
final class Update {
    private final Optimizer optimizer;
    private final List<Param> params;
    private final int accumulate;
    private final double clipNorm;
    private final LossScale scale; // null: not scaled
    private double weight;

    Update(Trainer<?> trainer, Optimizer optimizer, Bookmark at) {
        this.optimizer = optimizer;
        this.params = trainer.task.model().params().values().stream().filter(Param::isTrainable).toList();
        this.accumulate = trainer.accumulate;
        this.clipNorm = trainer.clipNorm;
        this.scale = trainer.precision == DType.FLOAT16 ? new LossScale(at) : null;
    }

    /** Before the first pass of a step. */
    void begin() {
        optimizer.zeroGrad();
        weight = 0;
    }

    /** Adds the gradients of a pass. */
    void add(Pass pass) {
        // Σ weight·loss over the passes, divided by Σ weight in apply(), is the mean over the one big batch.
        var loss = accumulate == 1 ? pass.loss() : pass.loss().mul(pass.weight());
        (scale == null ? loss : loss.mul(scale.factor())).backward();
        weight += pass.weight();
    }

    /**
     * After the last pass: changes the weights. A step whose scaled gradients overflowed is left out.
     *
     * @return the gradients' norm where they are clipped, else NaN
     */
    double apply() {
        if (weight == 0) return Double.NaN; // nothing to learn from
        try (var _ = Scope.open()) {
            divideGradients((accumulate == 1 ? 1 : weight) * (scale == null ? 1 : scale.factor()));
            if (scale != null && !scale.accept(params)) return Double.NaN;
            double norm = clipNorm == Double.POSITIVE_INFINITY ? Double.NaN : Clip.norm(params, clipNorm, 2).item();
            optimizer.step();
            return norm;
        }
    }

    private void divideGradients(double divisor) {
        if (divisor == 1) return;
        for (Param param : params) {
            var gradient = param.grad();
            if (gradient != null) gradient.mul_(1 / divisor);
        }
    }
}
