package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * Largest values over as many windows as are wanted: size 1 for the whole image.
 * Shapes: x (N, C, H, W) to y (N, C, height, width).
 */
public final class AdaptiveMaxPool2d extends Layer implements Unary {
    private final long height;
    private final long width;

    /** As many rows as columns. */
    public AdaptiveMaxPool2d(long size) { this(size, size); }

    /** Height and width of the output. */
    public AdaptiveMaxPool2d(long height, long width) {
        this.height = height;
        this.width = width;
    }

    @Override public Tensor forward(Tensor x) { return F.adaptiveMaxPool(Inputs.rank(this, x, 4), height, width); }
}
