package dev.merapi.train;

import dev.merapi.data.Tree;
import dev.merapi.nn.Hooks;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Stops a fit at the first NaN or infinity, before it reaches the weights, and finds out where it came from. */
final class FiniteGuard {
    private final Trainer<?> trainer;
    private final Bookmark at;
    private final Readings readings;
    private final Agreement agreement;
    private final Map<String, Tensor> statistics = new LinkedHashMap<>();

    FiniteGuard(Trainer<?> trainer, Bookmark at, Readings readings, Agreement agreement) {
        this.trainer = trainer;
        this.agreement = agreement;
        this.at = at;
        this.readings = readings;
        try (var _ = Scope.open()) {
            trainer.task.model().tensors().forEach(this::watch);
        }
    }

    private void watch(String name, Tensor tensor) {
        if (!(tensor instanceof State) || !tensor.dtype().isFloating()) return;
        if (!tensor.isInf().any().itemBoolean()) statistics.put(name, tensor); // a mask may hold infinities
    }

    /**
     * The loss as a number.
     *
     * @param batch where it may have come from
     * @param forward what gave it
     */
    Readings.Reading loss(Pass pass, Object batch, Supplier<Pass> forward) {
        var loss = readings.take("the loss is ", pass.loss());
        if (loss.isFinite()) return loss;
        throw failure("the loss is " + loss.value(), batch, forward);
    }

    /**
     * After backward. Overflowing float16 gradients are the loss scale's business.
     *
     * @param probe a parameter, or null
     */
    void gradient(Param probe, Object batch, Supplier<Pass> forward) {
        if (probe == null || trainer.precision == DType.FLOAT16) return;
        var gradient = probe.grad();
        if (gradient == null || readings.take("a gradient's norm is ", gradient.detach().norm()).isFinite()) return;
        throw failure("a gradient is not finite, though the loss is", batch, forward);
    }

    /** Before the model is kept. Running statistics take part in no loss that is trained on: none shows them. */
    void statistics() {
        try (var _ = Scope.open()) {
            statistics.forEach((name, tensor) -> {
                if (isFinite(tensor)) return;
                throw new NotFiniteException("Trainer: step " + at.step + " of epoch " + (at.epochsDone + 1) + ": "
                        + name + " has a NaN or an infinity, though losses and gradients are finite. A layer's input"
                        + " has overflowed (in evaluation its output is useless): scale the data, or try a smaller"
                        + " learning rate or clipNorm(1). Checkpoints written before are untouched.");
            });
        }
    }

    private NotFiniteException failure(String what, Object batch, Supplier<Pass> forward) {
        agreement.tell(); // the others need not wait until the cause is found
        return new NotFiniteException("Trainer: step " + (at.step + 1) + " of epoch " + (at.epochsDone + 1) + ": "
                + what + ". " + cause(batch, forward) + " Checkpoints written before are untouched.");
    }

    private String cause(Object batch, Supplier<Pass> forward) {
        try (var _ = Scope.open()) {
            for (var input : Tree.tensors(batch).entrySet()) {
                if (!isFinite(input.getValue())) {
                    return "The batch itself has a NaN or an infinity in "
                            + (input.getKey().isEmpty() ? "its tensor" : input.getKey()) + ": clean the data, or"
                            + " its scaling (a constant column divided by its deviation of 0?).";
                }
            }
            for (var param : trainer.task.model().tensors().entrySet()) {
                if (!isFinite(param.getValue())) {
                    return param.getKey() + " has a NaN or an infinity, from a step before: try a smaller learning"
                            + " rate, a warm-up, or clipNorm(1).";
                }
            }
            String layer = firstBadLayer(forward);
            if (layer != null) {
                return layer + " is the first layer whose output is not finite, from finite inputs and weights: try a"
                        + " smaller learning rate or clipNorm(1), and look there for a logarithm, root or quotient of"
                        + " 0.";
            }
            for (var param : trainer.task.model().params().entrySet()) {
                var gradient = param.getValue().grad();
                if (gradient != null && !isFinite(gradient)) {
                    return "All layers' outputs are finite, but not the gradient of " + param.getKey() + ": look for a"
                            + " root or norm at 0 behind it (add a small constant inside), or try clipNorm(1).";
                }
            }
            return "All layers' outputs are finite: look at the loss function, for a logarithm of 0 or a target that it"
                    + " does not allow.";
        }
    }

    private String firstBadLayer(Supplier<Pass> forward) {
        try (var _ = Torch.noGrad()) {
            return Hooks.firstBad(trainer.task.model(), forward::get);
        }
    }

    private static boolean isFinite(Tensor t) {
        if (t.isSparse()) return isFinite(t.coalesce().values());
        return !(t.dtype().isFloating() || t.dtype().isComplex()) || t.detach().isFinite().all().itemBoolean();
    }
}
