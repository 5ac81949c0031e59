package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The largest value of each window. Shapes: x (N, C, L) to y (N, C, L') with
 * L' = ⌊(L + 2·padding - kernel) / stride⌋ + 1.
 */
public final class MaxPool1d extends Layer implements Unary {
    private final List<Integer> kernel;
    private final PoolOptions options;

    /** Windows side by side. */
    public MaxPool1d(int kernel) { this(kernel, PoolOptions.DEFAULT); }

    /** Windows {@code stride} apart, over x with {@code padding} positions of −∞ at both ends. */
    public MaxPool1d(int kernel, int stride, int padding) {
        this(kernel, PoolOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** Windows of {@code kernel} positions. */
    public MaxPool1d(int kernel, PoolOptions options) {
        this.kernel = Sizes.list(kernel);
        this.options = options;
    }

    @Override public Tensor forward(Tensor x) {
        Inputs.pooled(this, Inputs.rank(this, x, 3), kernel, options, options.dilation());
        return hooked(F.maxPool(x, kernel, options), x);
    }
}
