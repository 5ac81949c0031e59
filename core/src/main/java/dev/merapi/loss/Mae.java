package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/** Mean absolute error: |x − y|, averaged. Both of one shape. As {@code torch.nn.L1Loss}. */
public record Mae() implements Loss {
    @Override public Tensor forward(Tensor prediction, Tensor target) { return each(prediction, target).mean(); }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) {
        Targets.sameShape(prediction, target, "Mae");
        return prediction.sub(target).abs();
    }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }
}
