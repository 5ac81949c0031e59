package dev.merapi.loss;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Cross-entropy of class scores: −log softmax(x)[y], averaged.
 *
 * <p>Shapes: prediction (B, C), (B, C, T) or (B, C, H, W), unnormalised; target either class ids (B), (B, T) or
 * (B, H, W), of any integer type, or probabilities of the prediction's shape. As {@code torch.nn.CrossEntropyLoss}:
 * with class weights, the mean over ids is a weighted mean, and that over probabilities is not.
 */
public final class CrossEntropy implements Loss {
    private final Weights classWeights;
    private final double labelSmoothing;
    private final long ignoreIndex;

    /** All classes weigh the same; no label smoothing; targets of -100 are ignored. */
    public CrossEntropy() { this(Weights.NONE, 0, -100); }

    private CrossEntropy(Weights classWeights, double labelSmoothing, long ignoreIndex) {
        this.classWeights = classWeights;
        this.labelSmoothing = labelSmoothing;
        this.ignoreIndex = ignoreIndex;
    }

    /** With a factor for each class, such as the inverse of its frequency. */
    public CrossEntropy classWeights(double... weights) {
        return new CrossEntropy(new Weights(weights), labelSmoothing, ignoreIndex);
    }

    /** With a share of each target spread evenly over all classes (Szegedy et al. 2016); 0.1 is usual. */
    public CrossEntropy labelSmoothing(double share) {
        Expect.probability("CrossEntropy.labelSmoothing", share);
        return new CrossEntropy(classWeights, share, ignoreIndex);
    }

    /** Where the target is {@code id}, nothing is learnt: padding, say. -100 unless given. */
    public CrossEntropy ignoreIndex(long id) { return new CrossEntropy(classWeights, labelSmoothing, id); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, in the shape of class ids; 0 where ignored. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    /** The number of targets not ignored, or the sum of their class weights; for probabilities, their number. */
    @Override public double weight(Tensor prediction, Tensor target) {
        long classes = ClassIds.classes(prediction);
        if (target.dtype().isFloating()) return (double) prediction.numel() / classes;
        return ClassIds.weight(target, ignoreIndex, classWeights.expect(classes, "CrossEntropy"));
    }

    private Tensor run(Tensor prediction, Tensor target, long reduction) {
        long classes = ClassIds.classes(prediction);
        boolean soft = target.dtype().isFloating() && target.rank() == prediction.rank();
        if (soft) Targets.sameShape(prediction, target, "CrossEntropy");
        else Targets.classIds(prediction, target, "CrossEntropy");
        var weights = classWeights.like(prediction, classes, "CrossEntropy");
        try {
            return Tensor.call("cross_entropy_loss", "", prediction, soft ? target : target.to(DType.INT64), weights,
                    reduction, ignoreIndex, labelSmoothing);
        } catch (IllegalArgumentException e) {
            throw Targets.outOfRange(e, classes, ignoreIndex, "CrossEntropy");
        }
    }
}
