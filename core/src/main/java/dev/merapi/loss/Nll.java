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
    private final long ignoredId;

    public Nll() { this(Weights.NONE, -100); }

    private Nll(Weights classWeights, long ignoredId) {
        this.classWeights = classWeights;
        this.ignoredId = ignoredId;
    }

    /** With a factor for each class; the mean becomes a weighted mean. */
    public Nll withClassWeights(double... weights) { return new Nll(new Weights(weights), ignoredId); }

    /** Where the target is {@code id}, nothing is learnt. -100 unless given. */
    public Nll withIgnoredId(long id) { return new Nll(classWeights, id); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, in the target's shape; 0 where ignored. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    /** The number of targets not ignored, or the sum of their class weights. */
    @Override public double weight(Tensor prediction, Tensor target) {
        return ClassIds.weight(target, ignoredId, classWeights.like(prediction, ClassIds.classes(prediction), "Nll"));
    }

    private Tensor run(Tensor prediction, Tensor target, long reduction) {
        Expect.classIds(prediction, target, "Nll");
        long classes = ClassIds.classes(prediction);
        var weights = classWeights.like(prediction, classes, "Nll");
        try {
            return Tensor.call("nll_loss_nd", "", prediction, target.to(DType.INT64), weights, reduction, ignoredId);
        } catch (IllegalArgumentException e) {
            throw Expect.outOfRange(e, classes, ignoredId, "Nll");
        }
    }
}
