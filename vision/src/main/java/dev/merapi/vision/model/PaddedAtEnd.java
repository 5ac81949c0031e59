package dev.merapi.vision.model;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * A convolution whose input is padded as TensorFlow's "SAME" does: there are ⌈size / stride⌉ steps, the last of which
 * begin within the image, and of an odd number of added pixels the end gets one more. Shapes: x (N, in, H, W) to
 * (N, out, ⌈H / stride⌉, ⌈W / stride⌉).
 */
final class PaddedAtEnd extends Layer implements Unary {
    @Name("") Unary conv; // of no padding
    private final int kernel;
    private final int stride;

    PaddedAtEnd(Conv2d conv, int kernel, int stride) {
        this.conv = conv;
        this.kernel = kernel;
        this.stride = stride;
    }

    @Override public Tensor forward(Tensor x) {
        long rows = added(x.size(2)), columns = added(x.size(3));
        Tensor padded = x.pad(0, columns / 2, columns - columns / 2, rows / 2, rows - rows / 2);
        return hooked(conv.forward(padded), x);
    }

    private long added(long size) {
        long rest = size % stride;
        return Math.max(kernel - (rest == 0 ? stride : rest), 0);
    }
}
