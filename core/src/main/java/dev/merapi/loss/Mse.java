package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/** Mean squared error: (x − y)², averaged. Both of one shape. As {@code torch.nn.MSELoss}. */
public record Mse() implements Loss {
    @Override public Tensor forward(Tensor prediction, Tensor target) {
        return run(prediction, target, Reduction.MEAN);
    }

    /** The single losses, of the prediction's shape. */
    public Tensor each(Tensor prediction, Tensor target) { return run(prediction, target, Reduction.NONE); }

    @Override public double weight(Tensor prediction, Tensor target) { return prediction.numel(); }

    private static Tensor run(Tensor prediction, Tensor target, long reduction) {
        Targets.numbers(prediction, target, "Mse");
        return Tensor.call("mse_loss", "", prediction, target, reduction);
    }
}
