package dev.merapi.nn;

/** {@link ConvTranspose} over sequences. Shapes: x (N, in, L) to y (N, out, L'). */
public final class ConvTranspose1d extends ConvTranspose {
    /** Step 1, no padding, with a bias. */
    public ConvTranspose1d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    /** With {@code padding} positions less at both ends of the output, and a bias. */
    public ConvTranspose1d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** @throws IllegalArgumentException unless the groups divide {@code in} and {@code out} */
    public ConvTranspose1d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, Conv.kernel(kernel, 1), options);
    }
}
