package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/** Logistic loss log(1 + exp(−y x)), averaged. Of one shape, target -1 or 1. As {@code torch.nn.SoftMarginLoss}. */
public record SoftMargin() implements Loss {
    @Override public Tensor forward(Tensor prediction, Tensor target) {
        Targets.sameShape(prediction, target, "SoftMargin");
        return Tensor.call("softplus", "", prediction.mul(target).neg(), 1, 20).mean(); // exp would overflow
    }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }
}
