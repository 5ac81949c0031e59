package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/** Hinge loss of a binary classifier: max(0, 1 − y x), averaged. Both of one shape, the target -1 or 1. */
public record Hinge() implements Loss {
    @Override public Tensor forward(Tensor prediction, Tensor target) { return each(prediction, target).mean(); }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) {
        Targets.sameShape(prediction, target, "Hinge");
        return prediction.mul(target).rsub(1).relu();
    }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }
}
