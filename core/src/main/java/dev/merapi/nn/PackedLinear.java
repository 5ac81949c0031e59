package dev.merapi.nn;

import dev.merapi.internal.Engine;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Recording;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A faster form of {@link Linear} for inference on the CPU: several layers with one input are one product, whose
 * weights are packed once in the order that oneDNN's kernels read them. It pays for few rows, where packing takes
 * longer than the product, and costs a second copy of the weights, which is made at the first use and again when they
 * have changed.
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

    private final Supplier<List<Unary>> layers;
    private volatile Packed packed; // null before the first use

    /** What was packed, and the layers' versions then. */
    private record Packed(List<Linear> layers, State weight, State bias, long[] versions) {}

    /** oneDNN is not in every build of the engine, nor used on every machine. */
    private static final class OneDnn {
        static final boolean IS_THERE = isThere();

        /** With AVX-512 alone: within 16 registers libtorch's GELU behind the product is faster than its own. */
        static final boolean IS_FAST_IN_GELU = Torch.cpuCapability().startsWith("AVX512");

        private static boolean isThere() {
            if (!Engine.hasOneDnn()) return false;
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
        List<Unary> all = List.of(layers);
        this.layers = () -> all;
        Expect.that(agree(List.of(layers)), "PackedLinear", "layers with a bias, or without", "both");
    }

    /**
     * For layers that may be replaced.
     *
     * @param layers those of now, asked for at each use; unless they are all {@link Linear} it is not usable
     */
    public PackedLinear(Supplier<List<Unary>> layers) { this.layers = layers; }

    private static boolean agree(List<Linear> layers) {
        long biases = layers.stream().filter(layer -> layer.bias != null).count();
        return biases == 0 || biases == layers.size();
    }

    /**
     * Whether there is anything to gain for this input, and nothing to lose: no gradients are recorded, nobody listens
     * by {@link Hooks}, and all is float32 on a CPU that oneDNN knows.
     */
    public boolean isUsable(Tensor x) {
        return !Torch.isGradEnabled() && !Hooks.isOn() && !Recording.isOn() && x.dtype() == DType.FLOAT32
                && x.device().equals(Device.CPU) && isPackable(layers.get()) && OneDnn.IS_THERE;
    }

    private static boolean isPackable(List<Unary> layers) {
        for (Unary layer : layers) {
            if (!(layer instanceof Linear linear && isPackable(linear))) return false;
        }
        return agree(linears(layers));
    }

    private static List<Linear> linears(List<Unary> layers) {
        return layers.stream().map(layer -> (Linear) layer).toList();
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
        boolean exact = activation == Activation.GELU;
        if (!OneDnn.IS_FAST_IN_GELU || !exact && activation != Activation.GELU_TANH) {
            return activation.forward(forward(x));
        }
        var p = packed();
        return product(x, p.weight, p.bias, "gelu", exact ? "none" : "tanh");
    }

    private static Tensor product(Tensor x, Tensor weight, Tensor bias, String then, String algorithm) {
        return Tensor.call("mkldnn::_linear_pointwise", "", x, weight, bias, then, NO_SCALARS, algorithm);
    }

    private static Tensor pack(Tensor weight) {
        return Tensor.call("mkldnn::_reorder_linear_weight", "", weight, null);
    }

    private Packed packed() {
        var now = packed;
        List<Linear> all = linears(layers.get());
        long[] versions = versions(all);
        if (now != null && now.layers.equals(all) && Arrays.equals(now.versions, versions)) return now;
        try (var _ = Scope.open()) {
            Tensor weight = Tensor.cat(all.stream().map(layer -> (Tensor) layer.weight).toList(), 0);
            State bias = all.getFirst().bias == null ? null
                    : new State(Tensor.cat(all.stream().map(layer -> (Tensor) layer.bias).toList(), 0));
            now = new Packed(all, new State(pack(weight.detach())), bias, versions);
        }
        packed = now; // the old one is freed as garbage, for another thread may be using it
        return now;
    }

    /** Frees the copy of the weights, as {@link State#close} does; the next use makes a new one. */
    @Override public void close() {
        var now = packed;
        packed = null;
        if (now == null) return;
        now.weight.close();
        if (now.bias != null) now.bias.close();
    }

    /** How often the layers' parameters were written to. */
    private static long[] versions(List<Linear> layers) {
        var versions = new long[2 * layers.size()];
        int i = 0;
        for (Linear layer : layers) {
            versions[i++] = layer.weight.unwrap()._version();
            if (layer.bias != null) versions[i++] = layer.bias.unwrap()._version();
        }
        return versions;
    }
}
