package dev.merapi.loss;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * {@link Huber}'s loss with δ = β, divided by β (Girshick 2015, β = 1), so that its slope far out is 1 and it becomes
 * {@link Mae} as β goes to 0. Both of one shape. As {@code torch.nn.SmoothL1Loss}.
 *
 * @param beta β, at least 0
 */
public record SmoothL1(double beta) implements Loss {
    public SmoothL1 {
        Expect.atLeast("SmoothL1.beta", 0, beta);
    }

    /** β = 1. */
    public SmoothL1() { this(1); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }

    private Tensor run(Tensor prediction, Tensor target, long reduction) {
        Targets.sameShape(prediction, target, "SmoothL1");
        return Tensor.call("smooth_l1_loss", "", prediction, target, reduction, beta);
    }
}
