package dev.merapi.nn;

/** Convolution over sequences. Shapes: x (N, in, L) to y (N, out, L'); see {@link Conv} for the sizes. */
public final class Conv1d extends Conv {
    public Conv1d(int in, int out, int kernel) { this(in, out, kernel, ConvOptions.DEFAULT); }

    public Conv1d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(padding));
    }

    public Conv1d(int in, int out, int kernel, ConvOptions options) {
        super(in, out, kernel(kernel, 1), options);
    }
}
