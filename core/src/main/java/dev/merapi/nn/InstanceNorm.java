package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;

/**
 * Normalises each channel of each example over its positions: y = (x - mean) / √(var + eps) · weight + bias.
 * Shapes: x (N, C, L…) to the same. Ulyanov et al. 2016, arXiv:1607.08022.
 */
public final class InstanceNorm extends Layer implements Unary {
    final Param weight; // (channels), or null
    final Param bias; // (channels), or null
    final State runningMean; // (channels), or null
    final State runningVar; // (channels), or null
    final State numBatchesTracked; // 0-d, int64, or null: torch keeps it at 0
    private final int channels;
    private final double eps;
    private final double momentum;

    /** Torch's default: no parameters, no running statistics. */
    public InstanceNorm(int channels) { this(channels, 1e-5, 0.1, false, false); }

    /**
     * @param affine whether there are a weight and a bias
     * @param track whether evaluation uses running statistics
     */
    public InstanceNorm(int channels, double eps, double momentum, boolean affine, boolean track) {
        this.channels = channels;
        this.eps = eps;
        this.momentum = momentum;
        this.weight = affine ? param(Init.ones(), channels) : null;
        this.bias = affine ? param(Init.zeros(), channels) : null;
        this.runningMean = track ? state(Init.zeros(), channels) : null;
        this.runningVar = track ? state(Init.ones(), channels) : null;
        this.numBatchesTracked = track ? BatchNorm.counter() : null;
    }

    @Override public Tensor forward(Tensor x) {
        Inputs.channels(this, x, channels);
        boolean own = runningMean == null || movesStatistics();
        if (own) Inputs.several(this, F.positions(x), "channel of an example", x, ".");
        return hooked(F.instanceNorm(x, weight, bias, runningMean, runningVar, own, momentum, eps), x);
    }
}
