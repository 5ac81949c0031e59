package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/**
 * Binary cross-entropy of scores x with probability σ(x): −w y log σ(x) − (1 − y) log(1 − σ(x)), averaged. For
 * yes-or-no questions, one or several at once. Both of one shape (…, labels), the target in [0, 1]. As
 * {@code torch.nn.BCEWithLogitsLoss}.
 */
public final class BceWithLogits implements Loss {
    private final Weights positiveWeights;

    /** Positive and negative answers weigh the same. */
    public BceWithLogits() { this(Weights.NONE); }

    private BceWithLogits(Weights positiveWeights) {
        this.positiveWeights = positiveWeights;
    }

    /** With a factor w for the positive answers of each label, such as negatives / positives; one number is for all. */
    public BceWithLogits positiveWeights(double... weights) { return new BceWithLogits(new Weights(weights)); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }

    private Tensor run(Tensor prediction, Tensor target, long reduction) {
        Targets.numbers(prediction, target, "BceWithLogits");
        long labels = prediction.rank() == 0 || positiveWeights.count() == 1 ? 1 : prediction.size(-1);
        return Tensor.call("binary_cross_entropy_with_logits", "", prediction, target, null,
                positiveWeights.like(prediction, labels, "BceWithLogits"), reduction);
    }
}
