package dev.merapi.loss;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/**
 * Hinge loss of class scores: Σᵢ max(0, 1 − x[y] + x[i]) / C over the wrong classes i, averaged. Shapes: prediction
 * (B, C), target class ids (B). As {@code torch.nn.MultiMarginLoss}.
 */
public record MultiMargin() implements Loss {
    @Override public Tensor forward(Tensor prediction, Tensor target) {
        Targets.classIds(prediction, target, "MultiMargin");
        try {
            return Tensor.call("multi_margin_loss", "", prediction, target.to(DType.INT64), 1, 1, null, Reduction.MEAN);
        } catch (IllegalArgumentException e) {
            throw Targets.outOfRange(e, target, ClassIds.classes(prediction), "MultiMargin");
        }
    }
}
