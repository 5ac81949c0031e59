package dev.merapi.compress.quantize;

import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/**
 * A convolution of images or an affine map that computes in float32 what {@link StaticInt8} will in 8 bits: inputs and
 * weights are rounded to even steps, so that a model learns to bear it. Gradients go straight through the rounding
 * (Jacob et al. 2018, arXiv:1712.05877). While it is trained, the range of its inputs follows what it sees. Shapes:
 * those of the layer in whose place it is.
 */
public final class FakeInt8 extends Layer implements Unary {
    private static final double FOLLOWED = 0.01; // share of a new batch in the range, as in PyTorch

    final Param weight; // (out, in / groups, height, width) or (out, in)
    final Param bias; // (out), or null
    final State inputLow; // 0-d: the range of inputs
    final State inputHigh;
    private final ConvOptions options; // null for an affine map
    private final int most;
    private final boolean relu;

    private FakeInt8(Tensor weight, Tensor bias, Tensor low, Tensor high, ConvOptions options, int most, boolean relu) {
        this.weight = new Param(weight);
        this.bias = bias == null ? null : new Param(bias);
        this.inputLow = new State(low);
        this.inputHigh = new State(high);
        this.options = options;
        this.most = most;
        this.relu = relu;
    }

    /**
     * @param norm that follows and comes into the weights, or null
     * @param relu whether a ReLU follows that is done here
     */
    static FakeInt8 of(Layer layer, Observer.Range range, int most, BatchNorm norm, boolean relu) {
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(layer.device(), DType.FLOAT32)) {
            Tensor w = weight(layer).to(DType.FLOAT32), b = bias(layer);
            if (norm != null) {
                var of = norm.tensors();
                Tensor factor = of.get("running_var").add(norm.eps()).rsqrt(); // (out)
                if (of.containsKey("weight")) factor = factor.mul(of.get("weight"));
                long[] rows = new long[w.rank()];
                Arrays.fill(rows, 1);
                rows[0] = w.size(0);
                Tensor mean = of.get("running_mean");
                b = (b == null ? mean.neg() : b.sub(mean)).mul(factor);
                if (of.containsKey("bias")) b = b.add(of.get("bias"));
                w = w.mul(factor.view(rows));
            }
            return new FakeInt8(w.copy(), b == null ? null : b.to(DType.FLOAT32).copy(),
                    Tensor.full(range.low()), Tensor.full(range.high()), options(layer), most, relu);
        }
    }

    /** Of the same shapes, without values. */
    static FakeInt8 like(Layer layer, int most, boolean biased, boolean relu) {
        Tensor w = weight(layer);
        try (var _ = Scope.open(); var _ = Torch.on(w.device(), DType.FLOAT32)) {
            return new FakeInt8(Tensor.empty(w.shape()), biased ? Tensor.empty(w.size(0)) : null, Tensor.empty(),
                    Tensor.empty(), options(layer), most, relu);
        }
    }

    /** Whether there is a form of 8 bits of it. */
    static boolean takes(Layer layer) {
        return layer instanceof MatrixLayer affine && affine.isWritable()
                || layer instanceof Conv2d conv && StaticInt8.takes(conv);
    }

    static Tensor weight(Layer layer) {
        return layer instanceof Conv2d conv ? conv.params().get("weight") : ((MatrixLayer) layer).matrix();
    }

    static Tensor bias(Layer layer) {
        return layer instanceof Conv2d conv ? conv.params().get("bias") : ((MatrixLayer) layer).bias();
    }

    private static ConvOptions options(Layer layer) { return layer instanceof Conv2d conv ? conv.options() : null; }

    ConvOptions options() { return options; }

    int most() { return most; }

    boolean relu() { return relu; }

    /** How inputs are rounded. */
    InputSteps steps() { return InputSteps.of(new Observer.Range(inputLow.item(), inputHigh.item()), most); }

    /** Steps of each row of the weight (out), as it is now. */
    Tensor weightScale() { return Int8Linear.scale(weight.detach()); }

    @Override public Tensor forward(Tensor x) {
        Tensor wide = x.to(DType.FLOAT32);
        if (isTraining()) follow(wide);
        return hooked(product(steps().rounded(wide), rounded(weight, weightScale()), bias, options, relu).to(x.dtype()),
                x);
    }

    private void follow(Tensor x) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            inputLow.lerp_(x.min(), FOLLOWED);
            inputHigh.lerp_(x.max(), FOLLOWED);
        }
    }

    /** To the nearest steps, each row by its own; the gradient goes through. */
    static Tensor rounded(Tensor weight, Tensor scale) {
        Tensor middle = scale.newFull(0, scale.numel()).to(DType.INT32);
        return Tensor.call("fake_quantize_per_channel_affine", "", weight, scale, middle, 0, -Int8Linear.MOST,
                Int8Linear.MOST);
    }

    static Tensor product(Tensor x, Tensor weight, Tensor bias, ConvOptions options, boolean relu) {
        Tensor y = options == null ? F.linear(x, weight, bias) : F.conv(x, weight.channelsLast(), bias, options);
        return relu ? y.relu() : y;
    }
}
