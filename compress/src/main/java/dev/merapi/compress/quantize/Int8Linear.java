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
import java.util.Arrays;

/**
 * An affine map with weights of 8 bits, whose inputs are rounded to 8 bits (7, where a processor's sums would overflow)
 * at each call: "dynamic" quantisation. Steps follow from the smallest and largest input of a call, or, by row, from
 * the largest of each vector, so that none depends on its neighbours. For inference on the CPU; elsewhere, and where
 * gradients are recorded, it multiplies by the weights as numbers. Shapes: x (…, in) to y (…, out).
 */
public final class Int8Linear extends Layer implements MatrixLayer, Compressed {
    static final int MOST = 127;

    final State weight; // (out, in), int8
    final State weightScale; // (out), float32: weight · scale is what it stands for
    final State bias; // (out), float32, or null
    private final boolean byRow;
    private final transient PackedWeight packed = new PackedWeight();

    private Int8Linear(Tensor weight, Tensor scale, Tensor bias, boolean byRow) {
        this.byRow = byRow;
        this.weight = new State(weight);
        this.weightScale = new State(scale);
        this.bias = bias == null ? null : new State(bias);
    }

    /** Rounds each row of the weight to the nearest of 255 even steps between ± its largest number. */
    static Int8Linear of(MatrixLayer layer, boolean byRow) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor w = layer.matrix().to(DType.FLOAT32);
            Tensor scale = scale(w);
            return new Int8Linear(rounded(w, scale), scale, layer.bias() == null ? null
                    : layer.bias().to(DType.FLOAT32).copy(), byRow);
        }
    }

    /** Steps of each row (out, 1…) of a weight (out, …). */
    static Tensor scale(Tensor weight) { return weight.flatten(1, -1).abs().amax(1).clamp(1e-12, null).div(MOST); }

    static Tensor rounded(Tensor weight, Tensor scale) {
        long[] shape = new long[weight.rank()];
        Arrays.fill(shape, 1);
        shape[0] = weight.size(0);
        return weight.div(scale.view(shape)).round().clamp(-MOST, MOST).to(DType.INT8);
    }

    /** Of the same shapes, without values. */
    static Int8Linear like(MatrixLayer layer, boolean byRow) {
        try (var _ = Scope.open()) {
            Tensor w = layer.matrix();
            var device = w.device();
            return new Int8Linear(Tensor.empty(device, DType.INT8, w.shape()),
                    Tensor.empty(device, DType.FLOAT32, w.size(0)), layer.bias() == null ? null
                    : Tensor.empty(device, DType.FLOAT32, w.size(0)), byRow);
        }
    }

    @Override public long parameters() { return weight.numel() + (bias == null ? 0 : bias.numel()); }

    @Override public Tensor forward(Tensor x) {
        Tensor wide = x.to(DType.FLOAT32);
        return hooked((isFast(x) ? product(wide) : F.linear(wide, matrix(), bias)).to(x.dtype()), x);
    }

    private boolean isFast(Tensor x) {
        return !Torch.isGradEnabled() && x.device().equals(Device.CPU) && PackedWeight.isThere();
    }

    private Tensor product(Tensor x) {
        Tensor y = byRow ? productByRow(x) : Tensor.call("quantized::linear_dynamic", "", x.contiguous(),
                packed.linear(weight, weightScale, bias), PackedWeight.wantsSevenBits());
        return counted(y, y.numel() * weight.size(1));
    }

    /** Of inputs within ±1, whose even steps are the same for all. */
    private Tensor productByRow(Tensor x) {
        int most = PackedWeight.wantsSevenBits() ? 63 : MOST;
        Tensor largest = x.norm(Double.POSITIVE_INFINITY, new long[] {-1}, true).clamp(1e-12, null);
        Tensor y = Tensor.call("quantized::linear_with_input_q_dq_qweight_dq_output_fp32", "", x.div(largest),
                1.0 / most, most + 1, packed.linear(weight, weightScale, null)).mul_(largest);
        return bias == null ? y : y.add_(bias);
    }

    /** (out, in), float32: what the weights stand for. */
    @Override public Tensor matrix() { return weight.to(DType.FLOAT32).mul(weightScale.unsqueeze(1)); }

    @Override public Tensor bias() { return bias; }

    @Override public boolean isWritable() { return false; }

    @Override protected void closing() { packed.close(); }
}
