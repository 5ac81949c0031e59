package dev.merapi.compress.quantize;

import dev.merapi.nn.ConvOptions;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * oneDNN's products of 8 bits to float32: a convolution or an affine map by a weight that is packed at the first use,
 * and again when it has changed.
 */
final class PackedProduct implements AutoCloseable {
    private static final int QUINT8 = 13; // the engine's number of a type
    private static final Number[] NOTHING = {};

    private volatile Packed packed; // null before the first use

    /**
     * @param middles of the weight's steps, zeros
     * @param stamp of what was packed
     */
    private record Packed(State weight, State middles, long[] stamp) { }

    /** Not every build has oneDNN, and some machines are better off without it. */
    private static final class Kernels {
        static final boolean ARE_THERE = Torch.hasOneDnn() && isRight(127);
        /** Without VNNI, two products are added in 16 bits. */
        static final boolean TAKE_ALL_BITS = ARE_THERE && isRight(255);

        /** By the largest numbers that there are. */
        private static boolean isRight(int most) {
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(Device.CPU, DType.FLOAT32);
                    var affine = new PackedProduct(); var convolution = new PackedProduct()) {
                var steps = new InputSteps(1.0 / most, 0, most);
                Tensor row = Tensor.full(127, 32, 64).to(DType.INT8), scale = Tensor.ones(32).div(127);
                Tensor y = affine.product(Tensor.ones(4, 64), steps, row, scale, null, null, false);
                Tensor z = convolution.product(Tensor.ones(1, 64, 2, 2), steps, row.view(32, 64, 1, 1), scale, null,
                        ConvOptions.DEFAULT, false);
                return y.sub(64).abs().max().item() < 0.5 && z.sub(64).abs().max().item() < 0.5;
            } catch (RuntimeException e) {
                return false;
            }
        }
    }

    /** Whether the kernels are there on this machine, and right for inputs from 0 to {@code most}. */
    static boolean isThere(int most) { return most < 255 ? Kernels.ARE_THERE : Kernels.TAKE_ALL_BITS; }

    /** The largest input that this machine's kernels are right for. */
    static int most() { return Kernels.ARE_THERE && !Kernels.TAKE_ALL_BITS ? 127 : 255; }

    /**
     * @param weight (out, in / groups, height, width), or (out, in) without options; int8
     * @param scale (out), float32
     * @param options of a convolution with zeros as padding, as many on both sides; or null
     */
    Tensor product(Tensor x, InputSteps steps, Tensor weight, Tensor scale, Tensor bias, ConvOptions options,
            boolean relu) {
        Tensor input = options == null ? x.contiguous() : x.channelsLast();
        Tensor rounded = Tensor.call("int_repr", "", Tensor.call("quantize_per_tensor", "", input, steps.scale(),
                steps.zeroPoint(), QUINT8));
        if (steps.most() < 255) rounded = rounded.clamp(null, steps.most()); // the engine cuts off at 255
        String then = relu ? "relu" : "none";
        if (options == null) {
            var p = packed(() -> Tensor.call("onednn::qlinear_prepack", "", weight, null), weight);
            return Tensor.call("onednn::qlinear_pointwise", "", rounded, steps.scale(), steps.zeroPoint(), p.weight,
                    scale, p.middles, bias, 1.0, 0, DType.FLOAT32, then, NOTHING, "");
        }
        long[] stride = pair(options.stride()), padding = padding(options, weight), dilation = pair(options.dilation());
        var p = packed(() -> Tensor.call("onednn::qconv_prepack", "", weight.channelsLast(), scale, steps.scale(),
                steps.zeroPoint(), stride, padding, dilation, options.groups(), input.shape()), weight, scale);
        return Tensor.call("onednn::qconv2d_pointwise", "", rounded, steps.scale(), steps.zeroPoint(), p.weight, scale,
                p.middles, bias, stride, padding, dilation, options.groups(), 1.0, 0, DType.FLOAT32, then, NOTHING,
                null);
    }

    private static long[] pair(List<Integer> sizes) {
        return new long[] {sizes.getFirst(), sizes.getLast()};
    }

    private static long[] padding(ConvOptions options, Tensor weight) {
        if (!options.padding().isEmpty()) return pair(options.padding());
        long[] apart = pair(options.dilation());
        return new long[] {apart[0] * (weight.size(2) / 2), apart[1] * (weight.size(3) / 2)};
    }

    private Packed packed(Supplier<Tensor> pack, Tensor... tensors) {
        var now = packed;
        long[] stamp = PackedWeight.stamp(tensors);
        if (now != null && Arrays.equals(now.stamp, stamp)) return now;
        try (var _ = Scope.open(); var _ = Torch.on(Device.CPU)) {
            now = new Packed(new State(pack.get()), new State(Tensor.zeros(DType.INT64, tensors[0].size(0))), stamp);
        }
        packed = now; // the old one is freed as garbage, for another thread may be using it
        return now;
    }

    @Override public void close() {
        var now = packed;
        packed = null;
        if (now == null) return;
        now.weight.close();
        now.middles.close();
    }
}
