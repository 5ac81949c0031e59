package dev.merapi.nn;

import dev.merapi.internal.Engine;
import dev.merapi.internal.Processor;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Recording;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Locale;
import java.util.Objects;
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

    /** By what the processor is, and not by a stopwatch: a run ends with the same bits each time. */
    private static final boolean IS_MUCH_FASTER = Engine.hasOneDnn() && Torch.blas().equals("MKL")
            && isMuchFaster(Processor.HERE, Torch.cpuCapability(), limit());

    /**
     * Where MKL leaves AVX-512 unused, as on all that are not Intel's, and it is of full width: AMD's of family 26.
     * Kept to AVX2, oneDNN gains up to 1.2 forward, but takes longer with gradients.
     */
    static boolean isMuchFaster(Processor processor, String capability, String limit) {
        return processor.vendor().equals("AuthenticAMD") && processor.family() == 26 && capability.equals("AVX512")
                && !limit.toLowerCase(Locale.ROOT).matches("sse41|avx|avx2.*");
    }

    /** What a user keeps oneDNN to. */
    private static String limit() {
        String limit = System.getenv("ONEDNN_MAX_CPU_ISA");
        return limit != null ? limit : Objects.requireNonNullElse(System.getenv("DNNL_MAX_CPU_ISA"), "");
    }

    private ManyRows() {}

    /** Whether {@link #linear} is the faster way. On one thread the engine convolves by MKL, too. */
    static boolean suits(Tensor x, Tensor weight) {
        return IS_MUCH_FASTER && fits(x, weight) && Torch.threads() > 1 && !Recording.isOn();
    }

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
