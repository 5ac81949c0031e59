package dev.merapi.data;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;

/**
 * Inputs and targets: of one sample, or of many with the batch as the first dimension.
 *
 * @param x inputs (B, …)
 * @param y targets (B, …), or null where there are none
 */
public record Batch(Tensor x, Tensor y) {
    /** Number of samples B. */
    public int size() { return (int) x.size(0); }

    /** This batch with both tensors on a device. */
    public Batch to(Device device) { return Tree.to(this, device); }
}
