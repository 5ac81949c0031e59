package dev.merapi.compress.quantize;

import dev.merapi.compress.Compressed;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * An affine map with weights of 8 bits in groups, whose inputs stay numbers: for decoders that lose too much by
 * {@link Int8Linear}, which is faster. Inputs and products are bfloat16 within. Many rows at once, as of a prompt, are
 * multiplied by the weights as numbers. Shapes: x (…, in) to y (…, out).
 *
 * <p>G groups of g inputs: {@code weight} (G, out, g), int8, and {@code weight_scale} (G, out), float32
 * of bfloat16's precision, in which the kernel reads it.
 */
public final class GroupedInt8Linear extends Layer implements MatrixLayer, Compressed {
    private static final int FEW = 16; // rows from which the other way is faster

    final State weight;
    final State weightScale;
    final State bias; // (out), float32, or null

    private GroupedInt8Linear(Tensor weight, Tensor weightScale, Tensor bias) {
        this.weight = new State(weight);
        this.weightScale = new State(weightScale);
        this.bias = bias == null ? null : new State(bias);
    }

    /** Each weight to the nearest of 255 even steps between ± the largest of its group. */
    static GroupedInt8Linear of(MatrixLayer layer, int group) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor w = layer.matrix().to(DType.FLOAT32);
            Expect.that(fits(layer, group), "Quantization.group", "a size that divides " + w.size(1) + " inputs",
                    group);
            Tensor groups = w.reshape(w.size(0), -1, group).transpose(0, 1).contiguous(); // (G, out, g)
            Tensor scale = groups.abs().amax(2).clamp(1e-12, null).div(Int8Linear.MOST).to(DType.BFLOAT16)
                    .to(DType.FLOAT32);
            Tensor codes = groups.div(scale.unsqueeze(2)).round()
                    .clamp(-Int8Linear.MOST, Int8Linear.MOST).to(DType.INT8);
            return new GroupedInt8Linear(codes, scale, layer.bias() == null ? null
                    : layer.bias().to(DType.FLOAT32).copy());
        }
    }

    static boolean fits(MatrixLayer layer, int group) { return group > 0 && layer.matrixShape()[1] % group == 0; }

    /** Of the shapes of another layer, without values. */
    static GroupedInt8Linear like(MatrixLayer layer, int group) {
        long out = layer.matrixShape()[0], in = layer.matrixShape()[1], groups = in / group;
        Expect.that(fits(layer, group), "Change " + QuantizedKind.NAME + "." + QuantizedKind.GROUP, "a size that"
                + " divides " + in + " inputs", group);
        try (var _ = Scope.open(); var _ = Torch.on(layer.matrix().device())) {
            return new GroupedInt8Linear(Tensor.empty(DType.INT8, groups, out, group),
                    Tensor.empty(DType.FLOAT32, groups, out), layer.bias() == null ? null
                    : Tensor.empty(DType.FLOAT32, out));
        }
    }

    @Override public long parameters() { return weight.numel() + (bias == null ? 0 : bias.numel()); }

    @Override public Tensor matrix() {
        return weight.to(DType.FLOAT32).mul(weightScale.unsqueeze(2)).transpose(0, 1).flatten(1, 2);
    }

    @Override public Tensor bias() { return bias; }

    @Override public boolean isWritable() { return false; }

    @Override public Tensor forward(Tensor x) {
        long rows = x.numel() / x.size(-1);
        boolean fast = rows <= FEW && !Torch.isGradEnabled() && x.device().equals(Device.CPU);
        return hooked(fast ? product(x, rows) : F.linear(x.to(DType.FLOAT32), matrix(), bias).to(x.dtype()), x);
    }

    private Tensor product(Tensor x, long rows) {
        Tensor groups = x.to(DType.BFLOAT16).reshape(rows, weight.size(0), -1);
        Tensor scale = weightScale.to(DType.BFLOAT16), sum = bias;
        for (int i = 0; i < weight.size(0); i++) {
            Tensor part = Tensor.call("_weight_int8pack_mm", "", groups.select(1, i).contiguous(), weight.select(0, i),
                    scale.select(0, i)).to(DType.FLOAT32);
            sum = sum == null ? part : part.add(sum);
        }
        long[] shape = x.shape();
        shape[shape.length - 1] = weight.size(1);
        Tensor y = sum.view(shape).to(x.dtype());
        return counted(y, y.numel() * x.size(-1));
    }
}
