package dev.merapi.train;

import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Collection;
import java.util.List;

/** Turns the passes of one step into one change of an optimizer's weights. */
final class Update {
    private final Trainer<?> trainer;
    private final Strategy strategy;
    private final Optimizer optimizer;
    private final List<Param> params;
    private final List<Param> parts; // which the optimizer changes
    private final boolean alone; // one pass is the whole step: its mean is the step's
    private final LossScale scale; // null: not scaled
    private final int accumulate;
    private int passes; // of this step
    private boolean severalPerBatch; // so that nobody knows which is the last
    private double weight;

    /** @param params whose gradients are reduced and clipped, where they are trained */
    Update(Trainer<?> trainer, Optimizer optimizer, Collection<Param> params, int accumulate, Bookmark at) {
        this.trainer = trainer;
        this.strategy = trainer.strategy;
        this.optimizer = optimizer;
        this.params = params.stream().filter(Param::isTrainable).toList();
        this.parts = strategy.parts(this.params);
        this.accumulate = accumulate;
        this.alone = accumulate == 1 && strategy.world() == 1;
        this.scale = trainer.precision == DType.FLOAT16 ? new LossScale(at, strategy) : null;
    }

    /** Before the first pass of a step. */
    void begin() {
        optimizer.zeroGrad();
        weight = 0;
        passes = 0;
    }

    /** Adds the gradients of a pass. */
    void add(Pass pass) {
        // Σ weight·loss over the passes, divided by Σ weight in apply(), is the mean over the one big batch.
        var loss = alone ? pass.loss() : pass.loss().mul(pass.weight());
        if (++passes == accumulate && !severalPerBatch) strategy.beforeLast(params);
        strategy.backward(scale == null ? loss : loss.mul(scale.factor()), params);
        weight += pass.weight();
    }

    /** A parameter that tells, for nearly all, whether gradients are finite; null for none. */
    Param probe() { return parts.isEmpty() ? null : parts.getFirst(); } // a NaN spreads to all layers before it

    /**
     * After the last pass: changes the weights. A step whose scaled gradients overflowed is left out.
     *
     * @return the gradients' norm, 0-d, where they are clipped, else null
     */
    Tensor apply() {
        severalPerBatch |= passes > accumulate;
        double total = strategy.weight(weight);
        if (total == 0) return null; // nothing to learn from, on any rank
        try (var scope = Scope.open()) {
            strategy.reduce(params);
            double divisor = (alone ? 1 : total) * (scale == null ? 1 : scale.factor());
            divideGradients(divisor);
            if (scale != null && !scale.accept(parts)) return null;
            strategy.divide(divisor);
            var norm = trainer.clipNorm == Double.POSITIVE_INFINITY ? null : strategy.clip(parts, trainer.clipNorm);
            optimizer.step();
            strategy.updated(trainer.task.model());
            return norm == null ? null : scope.keep(norm);
        }
    }

    private void divideGradients(double divisor) {
        if (divisor == 1) return;
        for (Param param : parts) {
            var gradient = param.grad();
            if (gradient != null) gradient.mul_(1 / divisor);
        }
    }
}
