package dev.merapi.compress.quantize;

import dev.merapi.compress.Compressed;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;

/**
 * An affine map with weights of 4 bits in groups, for decoders, whose time is that of reading their weights. Inputs
 * and products are bfloat16 within. Many rows at once, as of a long prompt, are multiplied by the weights as
 * numbers. Shapes: x (…, in) to y (…, out).
 *
 * <p>In files: {@code weight} (out, in / 2), uint8, two codes in a byte, the first in the lower half; {@code
 * weight_scale} and {@code weight_middle} (out, in / group), bfloat16, for w = (code - 8) · scale + middle; {@code
 * input_scale} (in), by which inputs are divided first, where weights were stretched; {@code input_order} (in), int64,
 * which input stands at each place of the groups, where they do not follow each other.
 */
public final class Int4Linear extends Layer implements MatrixLayer, Compressed {
    /** Rows from which the other way is faster, as measured with AVX-512, AVX2 and neither. */
    private static final int FEW = switch (Torch.cpuCapability()) {
        case "AVX512" -> 512;
        case "AVX2" -> 128;
        default -> 32;
    };

    final State weight;
    final State weightScale;
    final State weightMiddle;
    final State inputScale; // or null
    final State inputOrder; // or null
    final State bias; // (out), or null
    private transient volatile Packed packed; // null before the first use

    /** As the kernel reads them; freed as garbage. */
    private record Packed(State weight, State scales, long version) { }

    private static final class Kernel {
        static final boolean IS_THERE = isThere();

        private static boolean isThere() {
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(Device.CPU, DType.FLOAT32)) {
                Tensor codes = Tensor.full(9, 32, 32).to(DType.INT32); // 1
                Tensor weight = Tensor.call("_convert_weight_to_int4pack_for_cpu", "", codes, 1);
                Tensor scales = Tensor.cat(List.of(Tensor.ones(1, 32, 1), Tensor.zeros(1, 32, 1)), 2);
                Tensor y = Tensor.call("_weight_int4pack_mm_for_cpu", "", Tensor.ones(1, 32).to(DType.BFLOAT16), weight,
                        32, scales.to(DType.BFLOAT16));
                return Math.abs(y.to(DType.FLOAT32).sum().item() - 32 * 32) < 1;
            } catch (RuntimeException e) {
                return false;
            }
        }
    }

    private Int4Linear(Tensor weight, Tensor scale, Tensor middle, Tensor inputScale, Tensor inputOrder,
            Tensor bias) {
        this.weight = new State(weight);
        this.weightScale = new State(scale);
        this.weightMiddle = new State(middle);
        this.inputScale = inputScale == null ? null : new State(inputScale);
        this.inputOrder = inputOrder == null ? null : new State(inputOrder);
        this.bias = bias == null ? null : new State(bias);
    }

    /**
     * @param stretched (in), by what the weights were multiplied before they were rounded; or null
     * @param bias (out), or null
     */
    static Int4Linear of(Grouped grouped, Tensor stretched, Tensor bias) {
        return of(grouped, stretched, null, bias);
    }

    /** @param order (in), int64: the input that each column of the weights belongs to; or null, for their own order */
    static Int4Linear of(Grouped grouped, Tensor stretched, Tensor order, Tensor bias) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor pairs = grouped.codes().view(grouped.codes().size(0), -1, 2);
            Tensor bytes = pairs.select(2, 0).add(pairs.select(2, 1).mul(16)).to(DType.UINT8);
            return new Int4Linear(bytes, grouped.scales().to(DType.BFLOAT16), grouped.middles().to(DType.BFLOAT16),
                    stretched == null ? null : stretched.copy(), order == null ? null : order.copy(),
                    bias == null ? null : bias.to(DType.FLOAT32).copy());
        }
    }

    /** Of the shapes of another layer, without values. */
    static Int4Linear like(MatrixLayer layer, int group, boolean stretched, boolean ordered) {
        try (var _ = Scope.open(); var _ = Torch.on(layer.matrix().device())) {
            long out = layer.matrix().size(0), in = layer.matrix().size(1);
            Grouped.expectGroup(layer.matrix(), group);
            return new Int4Linear(Tensor.empty(DType.UINT8, out, in / 2), Tensor.empty(DType.BFLOAT16, out, in / group),
                    Tensor.empty(DType.BFLOAT16, out, in / group),
                    stretched ? Tensor.empty(DType.FLOAT32, in) : null,
                    ordered ? Tensor.empty(DType.INT64, in) : null,
                    layer.bias() == null ? null : Tensor.empty(DType.FLOAT32, out));
        }
    }

    private Grouped grouped() {
        Tensor low = Tensor.call("bitwise_and", "Scalar", weight, 15);
        Tensor high = Tensor.call("bitwise_right_shift", "Tensor_Scalar", weight, 4);
        Tensor codes = Tensor.stack(List.of(low, high), 2).flatten(1, 2).to(DType.INT32);
        return new Grouped(codes, weightScale.to(DType.FLOAT32), weightMiddle.to(DType.FLOAT32),
                (int) (codes.size(1) / weightScale.size(1)));
    }

    @Override public Tensor matrix() {
        Tensor values = grouped().values();
        if (inputOrder != null) values = values.indexSelect(1, inputOrder.argsort(0, false));
        return inputScale == null ? values : values.div(inputScale);
    }

    @Override public Tensor bias() { return bias; }

    @Override public boolean isWritable() { return false; }

    @Override public long parameters() { return 2 * weight.numel() + (bias == null ? 0 : bias.numel()); }

    @Override public Tensor forward(Tensor x) {
        long rows = x.numel() / x.size(-1);
        boolean fast = rows <= FEW && !Torch.isGradEnabled() && x.device().equals(Device.CPU) && Kernel.IS_THERE;
        return hooked(fast ? product(x, rows) : F.linear(x.to(DType.FLOAT32), matrix(), bias).to(x.dtype()), x);
    }

    private Tensor product(Tensor x, long rows) {
        var p = packed();
        Tensor scaled = inputScale == null ? x : x.div(inputScale);
        if (inputOrder != null) scaled = scaled.indexSelect(-1, inputOrder);
        Tensor y = Tensor.call("_weight_int4pack_mm_for_cpu", "", scaled.to(DType.BFLOAT16).reshape(rows, x.size(-1)),
                p.weight, (int) (2 * weight.size(1) / weightScale.size(1)), p.scales).to(x.dtype());
        long[] shape = x.shape();
        shape[shape.length - 1] = weight.size(0);
        Tensor result = (bias == null ? y : y.add(bias)).view(shape);
        return counted(result, result.numel() * x.size(-1));
    }

    private Packed packed() {
        var now = packed;
        long version = weight.unwrap().is_inference() ? 0 : weight.unwrap()._version();
        if (now != null && now.version == version) return now;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor codes = Tensor.call("_convert_weight_to_int4pack_for_cpu", "", grouped().codes(), 1);
            Tensor scales = Tensor.stack(List.of(weightScale.mT(), weightMiddle.mT()), 2).contiguous();
            now = new Packed(new State(codes), new State(scales), version);
        }
        packed = now;
        return now;
    }

    @Override protected void closing() {
        var now = packed;
        packed = null;
        if (now == null) return;
        now.weight.close();
        now.scales.close();
    }
}
