package dev.merapi.speech.model;

import dev.merapi.tensor.Tensor;

/** Lengths behind a convolution with a stride and half a kernel of padding: ⌈length / stride⌉. */
final class Shrinking {
    private Shrinking() {}

    static long frames(long in, int stride) { return Math.ceilDiv(in, (long) stride); }

    static Tensor lengths(Tensor lengths, int stride) {
        return lengths.add(stride - 1).div(stride).floor().to(lengths.dtype());
    }
}
