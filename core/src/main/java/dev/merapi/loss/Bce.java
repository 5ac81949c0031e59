package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/**
 * Binary cross-entropy of probabilities: −y log p − (1 − y) log(1 − p), averaged; each logarithm is at least −100. Both
 * of one shape, in [0, 1], or refused on a CPU. {@link BceWithLogits} is more accurate. As {@code torch.nn.BCELoss}.
 */
public record Bce() implements Loss {
    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }

    private static Tensor run(Tensor prediction, Tensor target, long reduction) {
        Targets.numbers(prediction, target, "Bce");
        try {
            return Tensor.call("binary_cross_entropy", "", prediction, target, null, reduction);
        } catch (IllegalArgumentException e) {
            throw Targets.fromZeroToOne(e, prediction, target);
        }
    }
}
