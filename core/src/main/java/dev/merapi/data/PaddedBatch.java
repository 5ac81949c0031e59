package dev.merapi.data;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;

/**
 * Sequences of different lengths, filled up to the longest, with their targets.
 *
 * @param x inputs (B, T, …)
 * @param lengths true lengths (B), int64
 * @param y targets (B, …), or null where there are none
 */
public record PaddedBatch(Tensor x, Tensor lengths, Tensor y) {
    /** Number of samples B. */
    public int size() { return (int) x.size(0); }

    /** True at the real positions and false at the padding: bool (B, T). */
    public Tensor mask() { return x.newArange(x.size(1)).unsqueeze(0).lt(lengths.unsqueeze(1)); }

    /** This batch with its tensors on a device. */
    public PaddedBatch to(Device device) { return Tree.to(this, device); }
}
