package dev.merapi.loss;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Huber's loss (1964) of the difference d = x − y: ½ d² where |d| ≤ δ, else δ (|d| − ½ δ); averaged. Both of one shape.
 * As {@code torch.nn.HuberLoss}.
 *
 * @param delta δ, above 0
 */
public record Huber(double delta) implements Loss {
    public Huber {
        Expect.positive("Huber.delta", delta);
    }

    /** δ = 1. */
    public Huber() { this(1); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }

    private Tensor run(Tensor prediction, Tensor target, long reduction) {
        Targets.numbers(prediction, target, "Huber");
        return Tensor.call("huber_loss", "", prediction, target, reduction, delta);
    }
}
