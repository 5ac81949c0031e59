package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;

/**
 * A faster form of {@link Linear} for inference on the CPU: several layers with one input are one product, whose
 * weights are packed once in the order that oneDNN's kernels read them, and what follows is done on the way. It pays
 * for few rows, where packing takes longer than the product, and costs a second copy of the weights, which is made at
 * the first use and again when they have changed.
 *
 * <pre>{@code
 * var fast = new PackedLinear(up);
 * Tensor y = fast.isUsable(x) ? fast.forward(x, Activation.GELU) : F.gelu(up.forward(x));
 * }</pre>
 *
 * Changes are seen that operators make, such as an optimizer's step; not those written through
 * {@link Tensor#segment()}.
 */
public final class PackedLinear implements AutoCloseable {
    private static final Number[] NO_SCALARS = {};

    private final List<Linear> layers;
    private volatile Packed packed; // null before the first use

    /** What was packed, and the layers' versions then. */
    private record Packed(Tensor weight, Tensor bias, long[] versions) {}

    /** oneDNN is not in every build of the engine. */
    private static final class OneDnn {
        static final boolean IS_THERE = isThere();

        private static boolean isThere() {
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(Device.CPU, DType.FLOAT32)) {
                Tensor weight = pack(Tensor.ones(2, 2));
                return product(Tensor.ones(1, 2), weight, null, "none", null).sum().item() == 4;
            } catch (RuntimeException e) {
                return false;
            }
        }
    }

    /**
     * @param layers with one input and, all or none, a bias; their outputs are joined
     */
    public PackedLinear(Linear... layers) {
        this.layers = List.of(layers);
        long biases = this.layers.stream().filter(layer -> layer.bias != null).count();
        Expect.argument(biases == 0 || biases == layers.length, "PackedLinear", "layers with a bias, or without",
                "both");
    }

    /**
     * Whether there is anything to gain for this input, and nothing to lose: no gradients are recorded, nobody listens
     * by {@link Trace}, and all is float32 on a CPU that oneDNN knows.
     */
    public boolean isUsable(Tensor x) {
        return !Torch.isGradEnabled() && !Trace.isOn() && x.dtype() == DType.FLOAT32 && x.device().equals(Device.CPU)
                && layers.stream().allMatch(PackedLinear::isPackable) && OneDnn.IS_THERE;
    }

    /** Weights that were made in {@link Torch#inference} do not count their changes. */
    private static boolean isPackable(Linear layer) {
        return layer.weight.dtype() == DType.FLOAT32 && !layer.weight.unwrap().is_inference()
                && (layer.bias == null || !layer.bias.unwrap().is_inference());
    }

    /** y = x Wᵀ + b. Shapes: x (…, in) to y (…, sum of outs). */
    public Tensor forward(Tensor x) {
        var p = packed();
        return product(x, p.weight, p.bias, "none", null);
    }

    /** An activation of {@link #forward(Tensor)}. */
    public Tensor forward(Tensor x, Activation activation) {
        var p = packed();
        return switch (activation) {
            case GELU -> product(x, p.weight, p.bias, "gelu", "none");
            case GELU_TANH -> product(x, p.weight, p.bias, "gelu", "tanh");
            case RELU -> product(x, p.weight, p.bias, "relu", null);
            default -> activation.forward(forward(x));
        };
    }

    /** {@link #forward(Tensor)} plus {@code other}, of the result's shape. */
    public Tensor forwardPlus(Tensor x, Tensor other) {
        var p = packed();
        return Tensor.call("mkldnn::_linear_pointwise", "binary", x, other, p.weight, p.bias, "add");
    }

    private static Tensor product(Tensor x, Tensor weight, Tensor bias, String then, String algorithm) {
        return Tensor.call("mkldnn::_linear_pointwise", "", x, weight, bias, then, NO_SCALARS, algorithm);
    }

    private static Tensor pack(Tensor weight) {
        return Tensor.call("mkldnn::_reorder_linear_weight", "", weight, null);
    }

    private Packed packed() {
        var now = packed;
        long[] versions = versions();
        if (now != null && Arrays.equals(now.versions, versions)) return now;
        try (var _ = Scope.open()) {
            Tensor weight = Tensor.cat(layers.stream().map(layer -> (Tensor) layer.weight).toList(), 0);
            Tensor bias = layers.getFirst().bias == null ? null
                    : Tensor.cat(layers.stream().map(layer -> (Tensor) layer.bias).toList(), 0).owned();
            now = new Packed(pack(weight.detach()).owned(), bias, versions);
        }
        packed = now; // the old one is freed as garbage, for another thread may be using it
        return now;
    }

    /** Frees the copy of the weights; the next use makes a new one. Never closed, it is freed when it is garbage. */
    @Override public void close() {
        var now = packed;
        packed = null;
        if (now == null) return;
        now.weight.close();
        if (now.bias != null) now.bias.close();
    }

    /** How often the layers' parameters were written to. */
    private long[] versions() {
        var versions = new long[2 * layers.size()];
        int i = 0;
        for (Linear layer : layers) {
            versions[i++] = layer.weight.unwrap()._version();
            if (layer.bias != null) versions[i++] = layer.bias.unwrap()._version();
        }
        return versions;
    }
}
