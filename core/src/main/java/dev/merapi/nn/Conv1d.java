package dev.merapi.nn;

/** Convolution over sequences. Shapes: x (N, in, L) to y (N, out, L'); see {@link Conv} for the sizes. */
public final class Conv1d extends Conv {
    /** Step 1, no padding, with a bias. */
    public Conv1d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    /** With {@code padding} zeros at both ends, and a bias. */
    public Conv1d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    /** @throws IllegalArgumentException unless the groups divide {@code in} and {@code out} */
    public Conv1d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, kernel(kernel, 1), options);
    }
}
