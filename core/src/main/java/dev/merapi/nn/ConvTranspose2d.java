package dev.merapi.nn;

/** {@link ConvTranspose} over images. Shapes: x (N, in, H, W) to y (N, out, H', W'). */
public final class ConvTranspose2d extends ConvTranspose {
    /** A square kernel, step 1, no padding, with a bias. */
    public ConvTranspose2d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    /** A square kernel, {@code padding} positions less on each side of the output, and a bias. */
    public ConvTranspose2d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** A square kernel. */
    public ConvTranspose2d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, Conv.kernel(kernel, 2), options);
    }
}
