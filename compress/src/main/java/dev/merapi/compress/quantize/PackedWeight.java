package dev.merapi.compress.quantize;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Opaque;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.function.Supplier;

/** A weight of 8 bits as the engine's kernels read it: packed at the first use, and again when it has changed. */
final class PackedWeight implements AutoCloseable {
    private volatile Packed packed; // null before the first use

    /** @param stamp of the tensors that were packed */
    private record Packed(Opaque value, long[] stamp) { }

    /** Not every build of the engine has kernels for 8 bits, nor every processor. */
    private static final class Kernels {
        static final boolean ARE_THERE = isRight(true);
        /** Without VNNI, two products are added in 16 bits, which 255 · 127 · 2 does not fit in. */
        static final boolean TAKE_ALL_BITS = ARE_THERE && isRight(false);

        /** By the largest numbers that there are. */
        private static boolean isRight(boolean sevenBits) {
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(Device.CPU, DType.FLOAT32);
                    var packed = new PackedWeight()) {
                Tensor weight = Tensor.full(127, 32, 64).to(DType.INT8);
                Tensor y = Tensor.call("quantized::linear_dynamic", "", Tensor.ones(4, 64),
                        packed.linear(weight, Tensor.ones(32).div(127), null), sevenBits);
                return y.sub(64).abs().max().item() < 0.5;
            } catch (RuntimeException e) {
                return false;
            }
        }
    }

    /** Whether the kernels are there on this machine. */
    static boolean isThere() { return Kernels.ARE_THERE; }

    /** Whether inputs must be of 7 bits, so that sums do not overflow. */
    static boolean wantsSevenBits() { return !Kernels.TAKE_ALL_BITS; }

    /** For {@code quantized::linear_dynamic} and {@code quantized::linear}. */
    Opaque linear(Tensor weight, Tensor scale, Tensor bias) {
        return packed(() -> Opaque.call("quantized::linear_prepack", "", perRow(weight, scale), bias), weight, scale,
                bias);
    }

    private static Tensor perRow(Tensor weight, Tensor scale) {
        return Tensor.call("_make_per_channel_quantized_tensor", "", weight, scale.to(DType.FLOAT64),
                Tensor.zeros(DType.INT64, scale.numel()), 0);
    }

    private Opaque packed(Supplier<Opaque> pack, Tensor... tensors) {
        var now = packed;
        long[] stamp = stamp(tensors);
        if (now != null && Arrays.equals(now.stamp, stamp)) return now.value;
        try (var _ = Scope.open(); var _ = Torch.on(Device.CPU)) {
            now = new Packed(pack.get(), stamp);
        }
        packed = now; // the old one is freed as garbage, for another thread may be using it
        return now.value;
    }

    /** Changes when a tensor is written to by an operator, or holds other memory. */
    static long[] stamp(Tensor... tensors) {
        var stamp = new long[2 * tensors.length];
        for (int i = 0; i < tensors.length; i++) {
            if (tensors[i] == null) continue;
            stamp[2 * i] = tensors[i].unwrap().is_inference() ? 0 : tensors[i].unwrap()._version();
            stamp[2 * i + 1] = tensors[i].unwrap().data_ptr().address();
        }
        return stamp;
    }

    @Override public void close() {
        var now = packed;
        packed = null;
        if (now != null) now.value.close();
    }
}
