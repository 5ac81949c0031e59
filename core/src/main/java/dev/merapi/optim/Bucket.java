package dev.merapi.optim;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * The parameters that one call updates: of one group, device, type and number of steps.
 *
 * @param rate the group's learning rate
 * @param decay multiplies the optimizer's weight decay
 * @param step the number of this step, from 1
 */
record Bucket(List<ParamState> members, double rate, double decay, long step) {
    Tensors params() { return all(m -> m.param); }

    Tensors grads() { return all(ParamState::grad); }

    /** The gradients plus λ θ, for optimizers whose weight decay is part of the gradient. */
    Tensors decayed(double weightDecay) {
        return weightDecay * decay == 0 ? grads() : grads().add(params(), weightDecay * decay);
    }

    Tensors slots(String slot) { return slots(slot, 0); }

    Tensors slots(String slot, double initial) { return all(m -> m.slot(slot, initial)); }

    /** The number of this step once for each parameter, as the fused kernels want it. */
    Tensors steps() {
        var step = Tensor.scalar(this.step, DType.FLOAT32).to(members.getFirst().param.device());
        return new Tensors(Collections.nCopies(members.size(), step).toArray(Tensor[]::new));
    }

    private Tensors all(Function<ParamState, Tensor> part) {
        return new Tensors(members.stream().map(part).toArray(Tensor[]::new));
    }
}
