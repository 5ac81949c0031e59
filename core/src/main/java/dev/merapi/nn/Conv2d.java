package dev.merapi.nn;

/** Convolution over images. Shapes: x (N, in, H, W) to y (N, out, H', W'); see {@link Conv} for the sizes. */
public final class Conv2d extends Conv {
    /** A square kernel, step 1, no padding, with a bias. */
    public Conv2d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    /** A square kernel, {@code padding} zeros on each side, and a bias. */
    public Conv2d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** A square kernel. */
    public Conv2d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, kernel(kernel, 2), options);
    }

    /** With a kernel of another height than width. */
    public Conv2d(int in, int out, int height, int width, ConvOptions options) {
        super(in, out, new long[] {height, width}, options);
    }
}
