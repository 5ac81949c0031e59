package dev.merapi.loss;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Focal loss of scores with probability σ(x) (Lin et al. 2017): −α (1 − p)^γ log p, averaged, where p is the
 * probability of the true answer: easy examples count little. Both of one shape, the target 0 or 1. As
 * {@code torchvision.ops.sigmoid_focal_loss}.
 *
 * @param alpha factor of positive answers, in [0, 1]; negative ones have 1 − α. Below 0: no factor
 * @param gamma γ, at least 0; 0 is plain cross-entropy
 */
public record Focal(double alpha, double gamma) implements Loss {
    public Focal {
        Expect.atLeast("Focal.gamma", 0, gamma);
        Expect.that(alpha <= 1, "Focal.alpha", "at most 1", alpha);
    }

    /** The paper's α = 0.25 and γ = 2. */
    public Focal() { this(0.25, 2); }

    @Override public Tensor forward(Tensor prediction, Tensor target) { return each(prediction, target).mean(); }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) {
        var bce = new BceWithLogits().each(prediction, target);
        var p = prediction.sigmoid();
        var wrong = p.add(target).sub(p.mul(target).mul(2)); // 1 - p where the target is 1, else p
        var loss = bce.mul(SoftmaxFocal.power(wrong, gamma));
        return alpha < 0 ? loss : loss.mul(target.mul(2 * alpha - 1).add(1 - alpha));
    }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }
}
