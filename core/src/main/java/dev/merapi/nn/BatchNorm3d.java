package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@link BatchNorm} of volumes, such as videos: x (N, C, D, H, W). */
public final class BatchNorm3d extends BatchNorm {
    /** With weight and bias, eps 1e-5, and running statistics that move by a tenth. */
    public BatchNorm3d(int channels) { this(channels, 1e-5, 0.1, true); }

    /**
     * @param momentum weight of a new batch in the running statistics
     * @param affine whether there are a weight and a bias
     */
    public BatchNorm3d(int channels, double eps, double momentum, boolean affine) {
        super(channels, eps, momentum, affine);
    }

    @Override public Tensor forward(Tensor x) { return normalize(Inputs.rank(this, x, 5)); }
}
