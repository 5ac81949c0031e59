package dev.merapi.nn;

/** {@link ConvTranspose} over sequences. Shapes: x (N, in, L) to y (N, out, L'). */
public final class ConvTranspose1d extends ConvTranspose {
    public ConvTranspose1d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    public ConvTranspose1d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    public ConvTranspose1d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, Conv.kernel(kernel, 1), options);
    }
}
