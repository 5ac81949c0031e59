package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The largest value of each window. Shapes: x (N, C, H, W) to y (N, C, H', W') with
 * L' = ⌊(L + 2·padding - kernel) / stride⌋ + 1.
 */
public final class MaxPool2d extends Layer implements Unary {
    private final List<Integer> kernel;
    private final PoolOptions options;

    /** Windows side by side. */
    public MaxPool2d(int kernel) { this(kernel, PoolOptions.DEFAULT); }

    /** Square windows {@code stride} apart, over x with {@code padding} positions of −∞ on each side. */
    public MaxPool2d(int kernel, int stride, int padding) {
        this(kernel, PoolOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** Square windows. */
    public MaxPool2d(int kernel, PoolOptions options) {
        this.kernel = Sizes.list(kernel);
        this.options = options;
    }

    /** With a window of another height than width. */
    public MaxPool2d(int height, int width, PoolOptions options) {
        this.kernel = Sizes.list(height, width);
        this.options = options;
    }

    @Override public Tensor forward(Tensor x) {
        Inputs.pooled(this, Inputs.rank(this, x, 4), kernel, options, options.dilation());
        return hooked(F.maxPool(x, kernel, options), x);
    }
}
