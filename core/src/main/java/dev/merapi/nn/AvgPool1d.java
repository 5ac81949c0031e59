package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The average value of each window. Shapes: x (N, C, L) to y (N, C, L') with
 * L' = ⌊(L + 2·padding - kernel) / stride⌋ + 1.
 */
public final class AvgPool1d extends Layer implements Unary {
    private final List<Integer> kernel;
    private final PoolOptions options;

    /** Windows side by side. */
    public AvgPool1d(int kernel) { this(kernel, PoolOptions.DEFAULT); }

    /** Windows {@code stride} apart, over x with {@code padding} zeros at both ends. */
    public AvgPool1d(int kernel, int stride, int padding) {
        this(kernel, PoolOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** Windows of {@code kernel} positions. */
    public AvgPool1d(int kernel, PoolOptions options) {
        this.kernel = Sizes.list(kernel);
        this.options = options;
    }

    @Override public Tensor forward(Tensor x) {
        Inputs.pooled(this, Inputs.rank(this, x, 3), kernel, options, Sizes.list(1));
        return hooked(F.avgPool(x, kernel, options), x);
    }
}
