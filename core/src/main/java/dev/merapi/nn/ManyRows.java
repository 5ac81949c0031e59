package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.bytedeco.pytorch.global.torch;

/**
 * Affine maps of many vectors, with gradients, as 1 x 1 convolutions of an image with channels last, which lies in
 * memory as a matrix does. The engine multiplies by MKL, which uses AVX-512 on Intel's processors alone, but convolves
 * by oneDNN, which uses it on all: there, all three products of a training step take half the time.
 */
final class ManyRows {
    private static final int ROWS = 128; // from which packing a weight is little beside the product
    private static final long LARGE = 1 << 24; // multiply-adds from which the longer way to the kernel is little

    private static final int STEP = 64; // rows are filled up to a multiple: for each size, oneDNN makes and keeps code
    private static final long[] ONES = {1, 1};
    private static final long[] ZEROS = {0, 0};

    private ManyRows() {}

    /** Whether {@link #linear} is the faster way. Under autocast, oneDNN multiplies anyway. */
    static boolean suits(Tensor x, Tensor weight) {
        return x.numel() * weight.size(0) >= LARGE && x.numel() >= ROWS * weight.size(1)
                && x.size(-1) == weight.size(1) && x.dtype() == DType.FLOAT32 && weight.dtype() == DType.FLOAT32
                && weight.isContiguous() && x.device().equals(Device.CPU) && !Torch.isAutocast(Device.CPU)
                && torch.hasMKLDNN();
    }

    /** As {@link F#linear}. */
    static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        long in = weight.size(1);
        long out = weight.size(0);
        Tensor rows = x.reshape(-1, in);
        long count = rows.size(0);
        long filled = (count + STEP - 1) / STEP * STEP;
        Tensor image = (filled == count ? rows : F.pad(rows, new long[] {0, 0, 0, filled - count}, PaddingMode.ZEROS))
                .view(1, filled, 1, in).permute(0, 3, 1, 2);
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
