package dev.merapi.compress.quantize;

import dev.merapi.compress.Compressed;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Layer;
import dev.merapi.nn.PaddingMode;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/**
 * A convolution of images or an affine map with weights of 8 bits, whose inputs are rounded to 8 bits by steps that
 * were fixed beforehand: "static" quantisation. Products are summed as whole numbers. For inference on the CPU;
 * elsewhere, and where gradients are recorded, it computes the same in float32. Shapes: those of the layer in whose
 * place it is.
 */
public final class StaticInt8 extends Layer implements Unary, Compressed {
    final State weight; // (out, in / groups, height, width) or (out, in), int8
    final State weightScale; // (out), float32: weight · scale is what it stands for
    final State bias; // (out), float32, or null
    final State inputScale; // 0-d, float32
    final State inputZeroPoint; // 0-d, int32
    private final ConvOptions options; // null for an affine map
    private final int most;
    private final boolean relu;
    private final transient PackedProduct packed = new PackedProduct();

    private StaticInt8(Tensor weight, Tensor weightScale, Tensor bias, Tensor inputScale, Tensor inputZeroPoint,
            ConvOptions options, int most, boolean relu) {
        this.weight = new State(weight);
        this.weightScale = new State(weightScale);
        this.bias = bias == null ? null : new State(bias);
        this.inputScale = new State(inputScale);
        this.inputZeroPoint = new State(inputZeroPoint);
        this.options = options;
        this.most = most;
        this.relu = relu;
    }

    /** Whether the kernels know a convolution's way of moving. */
    static boolean takes(Conv2d conv) {
        return conv.options().mode() == PaddingMode.ZEROS && (!conv.options().padding().isEmpty() || isOdd(conv));
    }

    /** So that padding to the same size is even on both sides. */
    private static boolean isOdd(Conv2d conv) {
        long[] shape = conv.params().get("weight").shape();
        return shape[2] % 2 == 1 && shape[3] % 2 == 1;
    }

    static StaticInt8 of(FakeInt8 fake) {
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(Device.CPU, DType.FLOAT32)) {
            Tensor scale = fake.weightScale();
            var steps = fake.steps();
            return new StaticInt8(Int8Linear.rounded(fake.weight, scale), scale, fake.bias == null ? null
                    : fake.bias.detach().copy(), Tensor.full(steps.scale()), Tensor.full(steps.zeroPoint())
                    .to(DType.INT32), fake.options(), fake.most(), fake.relu());
        }
    }

    /** Of the same shapes, without values. */
    static StaticInt8 like(FakeInt8 fake) {
        try (var _ = Scope.open(); var _ = Torch.on(fake.weight.device(), DType.FLOAT32)) {
            long out = fake.weight.size(0);
            return new StaticInt8(Tensor.empty(DType.INT8, fake.weight.shape()), Tensor.empty(out), fake.bias == null
                    ? null : Tensor.empty(out), Tensor.empty(), Tensor.empty(DType.INT32), fake.options(), fake.most(),
                    fake.relu());
        }
    }

    @Override public long parameters() { return weight.numel() + (bias == null ? 0 : bias.numel()); }

    @Override public Tensor forward(Tensor x) {
        Tensor wide = x.to(DType.FLOAT32);
        boolean fast = !Torch.isGradEnabled() && x.device().equals(Device.CPU) && PackedProduct.isThere(most);
        return hooked((fast ? product(wide) : slow(wide)).to(x.dtype()), x);
    }

    private Tensor slow(Tensor x) {
        return FakeInt8.product(steps().rounded(x), matrix(), bias, options, relu);
    }

    private Tensor product(Tensor x) {
        Tensor y = packed.product(x, steps(), weight, weightScale, bias, options, relu);
        return counted(y, y.numel() * (weight.numel() / weight.size(0)));
    }

    private InputSteps steps() {
        return new InputSteps(inputScale.item(), (int) inputZeroPoint.itemLong(), most);
    }

    private Tensor matrix() {
        long[] rows = new long[weight.rank()];
        Arrays.fill(rows, 1);
        rows[0] = weight.size(0);
        return weight.to(DType.FLOAT32).mul(weightScale.view(rows));
    }

    @Override protected void closing() { packed.close(); }
}
