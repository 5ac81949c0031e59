package dev.merapi.train;

import dev.merapi.tensor.Tensor;
import java.util.Map;

/**
 * What a run needs beside weights and optimizers to go on as if nothing had happened, such as an agent's memory of what
 * it saw: a part of every checkpoint, and of no saved model.
 */
public interface Remembered {
    /** Its state now by name. */
    Map<String, Tensor> state();

    /**
     * Takes back what {@link #state} returned.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    void load(Map<String, Tensor> saved);
}
