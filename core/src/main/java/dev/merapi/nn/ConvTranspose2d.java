package dev.merapi.nn;

/** {@link ConvTranspose} over images. Shapes: x (N, in, H, W) to y (N, out, H', W'). */
public final class ConvTranspose2d extends ConvTranspose {
    public ConvTranspose2d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    public ConvTranspose2d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    public ConvTranspose2d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, Conv.kernel(kernel, 2), options);
    }
}
