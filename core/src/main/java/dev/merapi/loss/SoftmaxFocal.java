package dev.merapi.loss;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Focal loss of class scores: −w (1 − p)^γ log p with p = softmax(x)[y], averaged over the targets not ignored;
 * {@link Focal} (Lin et al. 2017) for one of several classes. Shapes as for {@link CrossEntropy}, with class ids.
 */
public final class SoftmaxFocal implements Loss {
    private final double gamma;
    private final Weights classWeights;
    private final long ignoreIndex;

    /** @param gamma γ, at least 0; 0 is {@link CrossEntropy}. The paper has 2 */
    public SoftmaxFocal(double gamma) { this(gamma, Weights.NONE, -100); }

    private SoftmaxFocal(double gamma, Weights classWeights, long ignoreIndex) {
        Expect.atLeast("SoftmaxFocal.gamma", 0, gamma);
        this.gamma = gamma;
        this.classWeights = classWeights;
        this.ignoreIndex = ignoreIndex;
    }

    /** With a factor w for each class, which does not enter the divisor. */
    public SoftmaxFocal classWeights(double... weights) {
        return new SoftmaxFocal(gamma, new Weights(weights), ignoreIndex);
    }

    /** Where the target is {@code id}, nothing is learnt. -100 unless given. */
    public SoftmaxFocal ignoreIndex(long id) { return new SoftmaxFocal(gamma, classWeights, id); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return each(prediction, target).sum().div(target.ne(ignoreIndex).sum());
    }

    /** The single losses, in the target's shape; 0 where ignored. */
    public Tensor each(Tensor prediction, Tensor target) {
        var plain = new CrossEntropy().ignoreIndex(ignoreIndex).each(prediction, target); // -log p
        var weights = classWeights.like(prediction, ClassIds.classes(prediction), "SoftmaxFocal");
        var focal = plain.mul(power(plain.neg().expm1().neg(), gamma));
        if (weights == null) return focal;
        var ids = target.maskedFill(target.eq(ignoreIndex), 0); // their loss is 0 whatever the factor
        return focal.mul(weights.indexSelect(0, ids.flatten()).reshape(ids.shape()));
    }

    /** The number of targets not ignored. */
    @Override public double weight(Tensor prediction, Tensor target) {
        return ClassIds.weight(target, ignoreIndex, Weights.NONE);
    }

    /** (1 - p)^γ, whose gradient at 1 - p = 0 would be infinite for γ below 1. */
    static Tensor power(Tensor wrong, double gamma) { return wrong.clamp(1e-12, null).pow(gamma); }
}
