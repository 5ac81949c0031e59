package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;

/**
 * Normalises each channel over the batch: y = (x - mean) / √(var + eps) · weight + bias. In training it uses
 * the statistics of the batch and moves the running ones by {@code momentum}; in evaluation it uses the
 * running ones. Ioffe and Szegedy 2015, arXiv:1502.03167.
 */
public abstract sealed class BatchNorm extends Layer implements Unary permits BatchNorm1d, BatchNorm2d {
    final Param weight; // (channels), or null
    final Param bias; // (channels), or null
    final State runningMean; // (channels)
    final State runningVar; // (channels), unbiased
    final State numBatchesTracked; // 0-d, int64
    private final int channels;
    private final double eps;
    private final double momentum;

    BatchNorm(int channels, double eps, double momentum, boolean affine) {
        this.channels = channels;
        this.eps = eps;
        this.momentum = momentum;
        this.weight = affine ? param(Init.ones(), channels) : null;
        this.bias = affine ? param(Init.zeros(), channels) : null;
        this.runningMean = state(Init.zeros(), channels);
        this.runningVar = state(Init.ones(), channels);
        this.numBatchesTracked = counter();
    }

    static State counter() {
        try (var _ = Scope.open()) {
            return new State(Tensor.zeros(DType.INT64));
        }
    }

    final Tensor normalize(Tensor x) {
        if (isTraining()) numBatchesTracked.add_(1);
        return F.batchNorm(Expect.channels(this, x, channels), weight, bias, runningMean, runningVar, isTraining(),
                momentum, eps);
    }
}
