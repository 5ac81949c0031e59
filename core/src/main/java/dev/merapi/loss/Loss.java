package dev.merapi.loss;

import dev.merapi.tensor.Tensor;

/** Measures how far a prediction is from its target. */
@FunctionalInterface
public interface Loss {
    /** The mean loss: 0-d, differentiable. */
    Tensor forward(Tensor prediction, Tensor target);

    /**
     * What {@link #forward} divides its sum by. With it the losses of parts make up exactly the loss of the whole:
     * Σ forward(partᵢ) · weight(partᵢ) / Σ weight(partᵢ). By default the number of rows.
     */
    default double weight(Tensor prediction, Tensor target) {
        return prediction.rank() == 0 ? 1 : prediction.size(0);
    }
}
