package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The average value of each window. Shapes: x (N, C, H, W) to y (N, C, H', W') with
 * L' = ⌊(L + 2·padding - kernel) / stride⌋ + 1.
 */
public final class AvgPool2d extends Layer implements Unary {
    private final List<Integer> kernel;
    private final PoolOptions options;

    /** Windows side by side. */
    public AvgPool2d(int kernel) { this(kernel, PoolOptions.DEFAULT); }

    /** Square windows {@code stride} apart, over x with {@code padding} zeros on each side. */
    public AvgPool2d(int kernel, int stride, int padding) {
        this(kernel, PoolOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** Square windows. */
    public AvgPool2d(int kernel, PoolOptions options) {
        this.kernel = Sizes.list(kernel);
        this.options = options;
    }

    /** With a window of another height than width. */
    public AvgPool2d(int height, int width, PoolOptions options) {
        this.kernel = Sizes.list(height, width);
        this.options = options;
    }

    @Override public Tensor forward(Tensor x) {
        Inputs.pooled(this, Inputs.rank(this, x, 4), kernel, options, Sizes.list(1));
        return hooked(F.avgPool(x, kernel, options), x);
    }
}
