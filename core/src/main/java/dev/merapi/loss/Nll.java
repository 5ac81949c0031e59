package dev.merapi.loss;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/**
 * Negative log-likelihood: −x[y], averaged, of log-probabilities x. With log-softmax before it, this is
 * {@link CrossEntropy}. Shapes: prediction (B, C) or (B, C, …), target class ids (B) or (B, …). As
 * {@code torch.nn.NLLLoss}.
 */
public final class Nll implements Loss {
    private final Weights classWeights;
    private final long ignoreIndex;

    /** All classes weigh the same; targets of -100 are ignored. */
    public Nll() { this(Weights.NONE, -100); }

    private Nll(Weights classWeights, long ignoreIndex) {
        this.classWeights = classWeights;
        this.ignoreIndex = ignoreIndex;
    }

    /** With a factor for each class; the mean becomes a weighted mean. */
    public Nll classWeights(double... weights) { return new Nll(new Weights(weights), ignoreIndex); }

    /** Where the target is {@code id}, nothing is learnt. -100 unless given. */
    public Nll ignoreIndex(long id) { return new Nll(classWeights, id); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, in the target's shape; 0 where ignored. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    /** The number of targets not ignored, or the sum of their class weights. */
    @Override public double weight(Tensor prediction, Tensor target) {
        return ClassIds.weight(target, ignoreIndex, classWeights.expect(ClassIds.classes(prediction), "Nll"));
    }

    private Tensor run(Tensor prediction, Tensor target, long reduction) {
        Targets.classIds(prediction, target, "Nll");
        long classes = ClassIds.classes(prediction);
        var weights = classWeights.like(prediction, classes, "Nll");
        try {
            return Tensor.call("nll_loss_nd", "", prediction, target.to(DType.INT64), weights, reduction, ignoreIndex);
        } catch (IllegalArgumentException e) {
            throw Targets.outOfRange(e, classes, ignoreIndex, "Nll");
        }
    }
}
