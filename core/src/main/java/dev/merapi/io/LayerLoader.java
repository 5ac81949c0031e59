package dev.merapi.io;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies saved tensors into a layer's, which keep identity, device, type and memory format. */
final class LayerLoader {
    private LayerLoader() {}

    /** A layer's parameters and states; one that it uses twice stands under its first name alone. */
    static Map<String, Tensor> distinct(Layer layer) {
        var names = new IdentityHashMap<Tensor, String>();
        var distinct = new LinkedHashMap<String, Tensor>();
        layer.tensors().forEach((name, tensor) -> {
            if (names.putIfAbsent(tensor, name) == null) distinct.put(name, tensor);
        });
        return distinct;
    }

    static Weights.Mismatch compare(Weights weights, Layer layer) {
        var expected = layer.tensors();
        var given = new IdentityHashMap<Tensor, String>(); // the first name that the weights have for it
        var unfit = new LinkedHashMap<String, String>();
        expected.forEach((name, tensor) -> {
            if (!weights.names().contains(name)) return;
            String problem = problem(weights, name, tensor, given.putIfAbsent(tensor, name));
            if (problem != null) unfit.put(name, problem);
        });
        var missing = new ArrayList<String>();
        expected.forEach((name, tensor) -> {
            if (!given.containsKey(tensor)) missing.add(name);
        });
        var unexpected = weights.names().stream().filter(name -> !expected.containsKey(name)).toList();
        return new Weights.Mismatch(missing, unexpected, unfit);
    }

    /** What does not fit, or null. */
    private static String problem(Weights weights, String name, Tensor tensor, String twin) {
        if (!Arrays.equals(weights.shape(name), tensor.shape())) {
            return "expected shape " + Shapes.toString(tensor.shape()) + ", received "
                    + Shapes.toString(weights.shape(name));
        }
        if (!holds(tensor.dtype(), weights.dtype(name))) {
            return "expected " + tensor.dtype() + ", received " + weights.dtype(name);
        }
        return twin == null || sameValues(weights, name, twin) ? null
                : "expected the values of " + twin + ", the same tensor in this model, received others";
    }

    /** Whether values of one type are still themselves, up to precision, as another. */
    private static boolean holds(DType target, DType source) {
        if (source.isComplex()) return target.isComplex();
        if (source.isFloating()) return target.isFloating() || target.isComplex();
        return source == DType.BOOL || target != DType.BOOL;
    }

    /** Bit for bit, for NaN equals nothing. */
    private static boolean sameValues(Weights weights, String a, String b) {
        if (weights.dtype(a) != weights.dtype(b)) return false;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return bytes(weights.tensor(a)).mismatch(bytes(weights.tensor(b))) < 0;
        }
    }

    private static MemorySegment bytes(Tensor tensor) { return tensor.to(Device.CPU).contiguous().segment(); }

    static void copy(Weights weights, Layer layer, Weights.Mismatch except) {
        layer.tensors().forEach((name, target) -> {
            if (!weights.names().contains(name) || except.unfit().containsKey(name)) return;
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                weights.copyTo(name, withMemory(target));
            }
        });
    }

    /** One on META holds memory from now on, which lies in the order that the layer wants. */
    private static Tensor withMemory(Tensor target) {
        if (!target.device().equals(Device.META)) return target;
        Device device = Torch.device().equals(Device.META) ? Device.CPU : Torch.device();
        Tensor memory = Tensor.call("empty_like", "", target.detach(), null, null, device, null, null);
        switch (target) {
            case Param param -> param.set(memory);
            case State state -> state.set(memory);
            default -> throw new AssertionError(target);
        }
        return target;
    }
}
