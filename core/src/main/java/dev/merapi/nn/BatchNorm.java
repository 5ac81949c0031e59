package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * Normalises each channel over the batch: y = (x - mean) / √(var + eps) · weight + bias. In training it uses
 * the statistics of the batch and moves the running ones by {@code momentum}; in evaluation, and where it is
 * {@linkplain Layer#freeze frozen}, it uses the running ones. Ioffe and Szegedy 2015, arXiv:1502.03167.
 *
 * <p>In training it throws {@link IllegalArgumentException} for a batch with a single value in each channel, such as
 * one row, and {@link IllegalStateException} inside {@link dev.merapi.tensor.Torch#inference}.
 */
public abstract sealed class BatchNorm extends Layer implements Unary
        permits BatchNorm1d, BatchNorm2d, BatchNorm3d {
    final Param weight; // (channels), or null
    final Param bias; // (channels), or null
    final State runningMean; // (channels)
    final State runningVar; // (channels), unbiased
    final State numBatchesTracked; // 0-d, int64
    private final int channels;
    private final double eps;
    private final double momentum;
    private transient UnaryOperator<Tensor> sum; // over all processes; null: this one is alone

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

    /** What is added to the variance. */
    public final double eps() { return eps; }

    /** How far the running statistics move to those of a batch. */
    public final double momentum() { return momentum; }

    /**
     * In training takes the statistics of the batches of several processes together, which all run this layer equally
     * often and in the same order.
     *
     * @param sum gives, for a tensor of each process, their sum, whose gradient is the sum of all gradients; null for
     *     the statistics of this process's batch, as at first
     */
    public final void synchronize(UnaryOperator<Tensor> sum) { this.sum = sum; }

    final Tensor normalize(Tensor x) {
        Inputs.channels(this, x, channels);
        boolean ofBatch = movesStatistics();
        if (ofBatch && sum != null) {
            numBatchesTracked.add_(1);
            return hooked(normalizeTogether(x), x);
        }
        if (ofBatch) {
            Inputs.several(this, x.numel() / channels, "channel of a training batch", x, F.SINGLE);
            numBatchesTracked.add_(1);
        }
        return hooked(F.batchNorm(x, weight, bias, runningMean, runningVar, ofBatch, momentum, eps), x);
    }

    /** The mean first, then squares around it: the mean of squares less the squared mean would lose digits. */
    private Tensor normalizeTogether(Tensor x) {
        Tensor wide = x.dtype().bytes() < 4 ? x.to(DType.FLOAT32) : x; // (N, C, …)
        long[] others = LongStream.range(0, x.rank()).filter(dim -> dim != 1).toArray();
        long[] ofChannels = LongStream.range(0, x.rank()).map(dim -> dim == 1 ? channels : 1).toArray();
        Tensor own = wide.newFull((double) x.numel() / channels, 1);
        Tensor sums = sum.apply(Tensor.cat(List.of(wide.sum(others), own), 0)); // (C + 1)
        Tensor count = sums.narrow(0, channels, 1).detach();
        Tensor mean = sums.narrow(0, 0, channels).div(count); // (C)
        Tensor centered = wide.sub(mean.view(ofChannels));
        Tensor var = sum.apply(centered.square().sum(others)).div(count); // (C)
        try (var _ = Torch.noGrad()) {
            runningMean.lerp_(mean.detach().to(runningMean.dtype()), momentum);
            Tensor unbiased = var.detach().mul(count).div(count.sub(1));
            runningVar.lerp_(unbiased.to(runningVar.dtype()), momentum);
        }
        Tensor y = centered.mul(var.add(eps).rsqrt().view(ofChannels));
        if (weight != null) y = y.mul(weight.view(ofChannels));
        if (bias != null) y = y.add(bias.view(ofChannels));
        return y.to(x.dtype());
    }
}
