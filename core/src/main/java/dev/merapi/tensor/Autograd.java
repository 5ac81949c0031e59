package dev.merapi.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Calls of libtorch's autograd. */
final class Autograd {
    private Autograd() {}

    /** Accumulates gradients into leaves. A null gradient stands for 1. */
    static void backward(Tensor output, Tensor gradient, boolean retainGraph) {
        AfterBackward.around(() -> run(List.of(output), () -> {
            try (var outputs = vector(List.of(output)); var gradients = vector(listOfNullable(gradient));
                    var retain = new BoolOptional(retainGraph); var inputs = new TensorVector()) {
                torch.backward(outputs, gradients, retain, false, inputs);
                return null;
            }
        }));
    }

    static List<Tensor> grad(List<Tensor> outputs, List<Tensor> gradients, List<Tensor> inputs, boolean retainGraph,
            boolean createGraph) {
        return run(outputs, () -> {
            try (var outs = vector(outputs); var ins = vector(inputs); var seeds = vector(gradients);
                    var retain = new BoolOptional(retainGraph || createGraph);
                    var result = torch.grad(outs, ins, seeds, retain, createGraph, true)) {
                var found = new ArrayList<Tensor>();
                for (long i = 0; i < result.size(); i++) {
                    var gradient = result.get(i); // a reference into the vector
                    found.add(gradient.defined()
                            ? Tensor.wrap(() -> new org.bytedeco.pytorch.Tensor(gradient)) : null);
                }
                return found;
            }
        });
    }

    private static <T> T run(List<Tensor> outputs, Supplier<T> backward) {
        try {
            return backward.get();
        } catch (RuntimeException e) {
            throw GradientHook.translate(e, outputs);
        } finally {
            GradientHook.freeReturned();
        }
    }

    private static List<Tensor> listOfNullable(Tensor t) { return t == null ? List.of() : List.of(t); }

    /** The name of the operation that made a tensor, such as {@code AddBackward0}; null for a leaf. */
    static String nodeName(Tensor tensor) {
        if (tensor.isLeaf()) return null;
        try (var node = tensor.unwrap().grad_fn(); var name = node.name()) {
            return name.getString();
        }
    }

    private static TensorVector vector(List<Tensor> tensors) {
        return new TensorVector(tensors.stream().map(Tensor::unwrap).toArray(org.bytedeco.pytorch.Tensor[]::new));
    }

    static Object[] unwrap(Object... arguments) {
        var native_ = new Object[arguments.length];
        for (int i = 0; i < native_.length; i++) {
            native_[i] = switch (arguments[i]) {
                case Tensor t -> t.unwrap();
                case Tensor[] ts -> unwrapAll(ts);
                case DType type -> type.scalarType;
                case Device device -> device.unwrap();
                case Rng rng -> rng.unwrap();
                case Opaque opaque -> opaque.unwrap();
                case null -> null;
                default -> arguments[i];
            };
        }
        return native_;
    }

    private static org.bytedeco.pytorch.Tensor[] unwrapAll(Tensor[] tensors) {
        var pointers = new org.bytedeco.pytorch.Tensor[tensors.length];
        for (int i = 0; i < pointers.length; i++) pointers[i] = tensors[i] == null ? null : tensors[i].unwrap();
        return pointers;
    }
}
