package dev.merapi.nn;

/**
 * Convolution over volumes, such as video. Shapes: x (N, in, D, H, W) to y (N, out, D', H', W'); see {@link
 * Conv} for the sizes.
 */
public final class Conv3d extends Conv {
    /** A cube as kernel, step 1, no padding, with a bias. */
    public Conv3d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    /** A cube as kernel, {@code padding} zeros on each side, and a bias. */
    public Conv3d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** A cube as kernel. */
    public Conv3d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, kernel(kernel, 3), options);
    }

    /** With a kernel of different sides, such as one that looks at a picture alone, or along time alone. */
    public Conv3d(int in, int out, int depth, int height, int width, ConvOptions options) {
        super(in, out, new long[] {depth, height, width}, options);
    }
}
