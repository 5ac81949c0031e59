package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;

/**
 * Normalises each channel over the batch: y = (x - mean) / √(var + eps) · weight + bias. In training it uses
 * the statistics of the batch and moves the running ones by {@code momentum}; in evaluation, and where it is
 * {@linkplain Layer#freeze frozen}, it uses the running ones. Ioffe and Szegedy 2015, arXiv:1502.03167.
 *
 * <p>In training it throws {@link IllegalArgumentException} for a batch with a single value in each channel, such as
 * one row, and {@link IllegalStateException} inside {@link dev.merapi.tensor.Torch#inference}.
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
        Expect.channels(this, x, channels);
        boolean ofBatch = movesStatistics();
        if (ofBatch) {
            Expect.several(this, x.numel() / channels, "channel of a training batch", x, F.SINGLE);
            numBatchesTracked.add_(1);
        }
        return hooked(F.batchNorm(x, weight, bias, runningMean, runningVar, ofBatch, momentum, eps), x);
    }
}
