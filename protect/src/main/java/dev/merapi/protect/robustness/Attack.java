package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Changes inputs a little so that a model takes them for others. */
@FunctionalInterface
public interface Attack {
    /**
     * Inputs near {@code x} that the model errs on, or errs on most. Parameters get no gradients. The model should be
     * in evaluation mode.
     *
     * @param scores inputs to logits (B, classes)
     * @param x (B, …), float32 from 0 to 1
     * @param y true classes (B), int64
     * @return of the shape of x, from 0 to 1; not connected with the graph
     */
    Tensor perturb(Unary scores, Tensor x, Tensor y);
}
