package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.bytedeco.pytorch.global.torch;

/**
 * Affine maps of many vectors, with gradients, as 1 x 1 convolutions of an image with channels last, which lies in
 * memory as a matrix does. The engine multiplies by MKL but convolves by oneDNN, which on some processors (AMD's of
 * family 26 was measured) takes half the time for the three products of a training step.
 */
final class ManyRows {
    private static final int ROWS = 128; // from which packing a weight is little beside the product
    private static final long LARGE = 1 << 24; // multiply-adds from which the longer way to the kernel is little
    private static final int STEP = 64; // of numbers of rows: oneDNN makes code for each and keeps it
    private static final long[] ONES = {1, 1};
    private static final long[] ZEROS = {0, 0};

    /** Measured once, at the first use, in some 50 ms. On one thread the engine convolves by MKL, too. */
    private static final class OneDnn {
        private static final double MUCH = 1.5; // kept to AVX2 it gains up to 1.2, but takes longer with gradients
        static final boolean IS_MUCH_FASTER = torch.hasMKLDNN() && isMuchFaster();

        private static boolean isMuchFaster() {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                Tensor x = Tensor.ones(768, 768);
                long usual = Long.MAX_VALUE;
                long convolved = Long.MAX_VALUE;
                for (int i = 0; i < 5; i++) {
                    usual = Math.min(usual, nanos(() -> F.product(x, x, null)));
                    convolved = Math.min(convolved, nanos(() -> linear(x, x, null)));
                }
                return usual > MUCH * convolved;
            }
        }

        private static long nanos(Runnable work) {
            long start = System.nanoTime();
            try (var _ = Scope.open()) {
                work.run();
            }
            return System.nanoTime() - start;
        }
    }

    private ManyRows() {}

    /** Whether {@link #linear} is the faster way. */
    static boolean suits(Tensor x, Tensor weight) { return fits(x, weight) && OneDnn.IS_MUCH_FASTER; }

    /** Whether sizes and types are such that it may be. Under autocast, oneDNN multiplies anyway. */
    static boolean fits(Tensor x, Tensor weight) {
        return x.numel() * weight.size(0) >= LARGE && x.numel() >= ROWS * weight.size(1)
                && x.size(-1) == weight.size(1) && x.dtype() == DType.FLOAT32 && weight.dtype() == DType.FLOAT32
                && weight.isContiguous() && x.device().equals(Device.CPU) && !Torch.isAutocast(Device.CPU);
    }

    /** As {@link F#linear}. */
    static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        long in = weight.size(1);
        long out = weight.size(0);
        Tensor rows = x.reshape(-1, in);
        long count = rows.size(0);
        long filled = Math.ceilDiv(count, STEP) * STEP;
        Tensor matrix = filled == count ? rows : F.pad(rows, new long[] {0, 0, 0, filled - count}, PaddingMode.ZEROS);
        Tensor image = matrix.view(1, filled, 1, in).permute(0, 3, 1, 2); // (1, in, filled, 1)
        Tensor kernel = weight.view(out, in, 1, 1);
        Tensor y = Tensor.wrap(() -> {
            try (var b = F.optional(bias)) {
                return torch.conv2d(image.unwrap(), kernel.unwrap(), b, ONES, ZEROS, ONES, 1);
            }
        });
        long[] shape = x.shape();
        shape[shape.length - 1] = out;
        return y.permute(0, 2, 3, 1).view(filled, out).narrow(0, 0, count).view(shape);
    }
}
