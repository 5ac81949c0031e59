package dev.merapi.protect.privacy;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Gradients that are there, one for each sample: small ones, such as those of biases and norms, and those that were
 * computed one by one.
 *
 * @param gradients (B, …) of the parameter's shape
 */
record Made(Tensor gradients) implements Contribution {
    /** Of what is added to y, which may have other axes between, and has channels last or on axis 1: g's sum. */
    static Made sum(Tensor g, long[] shape, boolean channels) {
        long samples = g.size(0);
        Tensor sums = channels ? g.reshape(samples, g.size(1), -1).sum(2)
                : g.reshape(samples, -1, Arrays.stream(shape).reduce(1, (a, b) -> a * b)).sum(1);
        var all = new long[shape.length + 1];
        System.arraycopy(shape, 0, all, 1, shape.length);
        all[0] = samples;
        return new Made(sums.view(all));
    }

    @Override public long samples() { return gradients.size(0); }

    @Override public long elements() { return gradients.numel() / gradients.size(0); }

    @Override public Tensor perSample(long from, long to) { return gradients.narrow(0, from, to - from); }

    @Override public Tensor squaredNorms() { return Contribution.squares(gradients); }

    @Override public Tensor weighted(Tensor coefficients) {
        return Tensor.einsum("b...,b->...", gradients, coefficients.to(gradients.dtype()));
    }
}
