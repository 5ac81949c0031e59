package dev.merapi.tensor;

import dev.merapi.internal.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Gradients beyond {@code loss.backward()}. */
final class Autograd {
    /** The engine holds hooks by weak references only. */
    private static final Set<Hook> HOOKS = ConcurrentHashMap.newKeySet();

    private Autograd() {}

    static void backward(Tensor output, Tensor gradient, boolean keepGraph, boolean createGraph) {
        try (var _ = new PointerScope()) {
            torch.backward(new TensorVector(output.unwrap()), new TensorVector(gradient.unwrap()),
                    new BoolOptional(keepGraph), createGraph, new TensorVector());
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e);
        }
    }

    static List<Tensor> grad(List<Tensor> outputs, List<Tensor> inputs, boolean createGraph) {
        Engine.ensureStarted();
        var gradients = new ArrayList<Tensor>();
        try (var outs = vector(outputs); var ins = vector(inputs); var seeds = vector(onesLike(outputs));
                var keep = new BoolOptional(createGraph);
                var result = torch.grad(outs, ins, seeds, keep, createGraph, true)) {
            for (long i = 0; i < result.size(); i++) {
                var gradient = result.get(i);
                gradients.add(gradient.defined()
                        ? Tensor.wrap(() -> new org.bytedeco.pytorch.Tensor(gradient)) : null);
            }
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e);
        }
        return gradients;
    }

    private static List<Tensor> onesLike(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::onesLike).toList();
    }

    static Guard hook(Tensor tensor, UnaryOperator<Tensor> function) {
        var hook = new Hook(function);
        int id = tensor.unwrap().register_hook(hook);
        HOOKS.add(hook);
        return () -> {
            if (!tensor.isClosed()) tensor.unwrap().remove_hook(id);
            HOOKS.remove(hook);
        };
    }

    /** The name of the operation that made a tensor, such as {@code AddBackward0}; null for a leaf. */
    static String nodeName(Tensor tensor) {
        try (var node = tensor.unwrap().grad_fn()) {
            if (node == null || node.isNull()) return null;
            try (var name = node.name()) {
                return name.getString();
            }
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

    private static final class Hook extends TensorTensorHook {
        private final UnaryOperator<Tensor> function;

        Hook(UnaryOperator<Tensor> function) {
            this.function = function;
        }

        @Override public TensorBase call(TensorBase gradient) {
            var received = Tensor.wrap(() -> new org.bytedeco.pytorch.Tensor(gradient));
            var replaced = function.apply(received);
            return new org.bytedeco.pytorch.Tensor((replaced == null ? received : replaced).unwrap());
        }
    }
}
