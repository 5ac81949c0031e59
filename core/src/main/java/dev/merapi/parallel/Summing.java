package dev.merapi.parallel;

import dev.merapi.tensor.Tensor;

/** Sums over ranks within a model: one in forward, whose gradient is the same on all, and its mirror in backward. */
final class Summing {
    private Summing() {}

    /** The sum over all ranks; each rank's part has the sum's gradient, which all ranks compute alike. */
    static Tensor inForward(Tensor part, ProcessGroup group) {
        if (group.hasFailed()) return part; // looking for what went wrong, while the others have given up
        Tensor total = part.detach().copy();
        group.allReduce(total, Reduction.SUM);
        if (!part.requiresGrad()) return total;
        return total.add(part.sub(part.detach())); // adds 0, and the way for the gradient
    }

    /** {@code x} itself, the same on all ranks; its gradient is the sum of those that the ranks have. */
    static Tensor inBackward(Tensor x, ProcessGroup group) {
        if (!x.requiresGrad()) return x;
        Tensor same = Tensor.call("alias", "", x);
        same.onGradient(gradient -> {
            Tensor sum = gradient.contiguous().copy();
            group.allReduce(sum, Reduction.SUM);
            return sum;
        });
        return same;
    }
}
