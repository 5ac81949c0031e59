package dev.merapi.vision.model;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * In training, sets whole examples to 0 with probability p and scales the others by 1 / (1 - p), so that a residual
 * block whose branch it ends is skipped now and then; else y = x. Shapes: x (N, …) to the same. Huang et al. 2016,
 * arXiv:1603.09382.
 */
public final class StochasticDepth extends Layer implements Unary {
    private final double p;

    /** @throws IllegalArgumentException unless 0 ≤ p &lt; 1 */
    public StochasticDepth(double p) {
        Expect.fraction("StochasticDepth.p", p);
        this.p = p;
    }

    @Override public Tensor forward(Tensor x) {
        if (!isTraining() || p == 0) return hooked(x, x);
        var shape = new long[x.rank()]; // (N, 1, …)
        Arrays.fill(shape, 1);
        shape[0] = x.size(0);
        return hooked(x.mul(x.newEmpty(shape).bernoulli_(1 - p).div_(1 - p)), x);
    }
}
