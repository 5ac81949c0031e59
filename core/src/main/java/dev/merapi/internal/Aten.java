package dev.merapi.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.LongList;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Calls any of libtorch's operators by name, through its dispatcher, and closes every helper it makes.
 *
 * <pre>{@code
 * Tensor y = Aten.op("gather").call(x, 1, index, false);
 * Tensor[] qr = Aten.op("linalg_qr").callAll(x, "reduced");
 * }</pre>
 *
 * Arguments follow the operator's schema, all of them: {@code Tensor}, {@code Tensor[]}, {@code long[]}, numbers,
 * booleans, {@code String}, {@code ScalarType}, {@code MemoryFormat}, {@code Device}, or {@code null} for "none".
 * Costs about a microsecond more than a generated binding.
 */
public final class Aten {
    private static final Map<String, Aten> OPS = new ConcurrentHashMap<>();

    private final OperatorHandle handle;

    private Aten(String name, String overload) {
        Engine.ensureStarted();
        handle = Dispatcher.singleton().findSchemaOrThrow(name, overload);
    }

    /** The operator {@code aten::name} with an empty overload name. */
    public static Aten op(String name) { return op(name, ""); }

    /** The operator {@code aten::name.overload}; a name with {@code ::} is taken as it is. */
    public static Aten op(String name, String overload) {
        return OPS.computeIfAbsent(name + "." + overload,
                _ -> new Aten(name.contains("::") ? name : "aten::" + name, overload));
    }

    /** Runs the operator and returns its first result, or null if it is an undefined tensor or there is none. */
    public Tensor call(Object... arguments) {
        Tensor[] all = callAll(arguments);
        for (int i = 1; i < all.length; i++) if (all[i] != null) all[i].close();
        return all.length == 0 ? null : all[0];
    }

    /** Runs the operator and returns all its tensors: a tuple's in order, a list's elements. */
    public Tensor[] callAll(Object... arguments) {
        var values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) values[i] = value(arguments[i]);
            try (var stack = new IValueVector(values)) {
                handle.callBoxed(stack);
                return results(stack);
            }
        } finally {
            for (IValue value : values) if (value != null) value.close();
        }
    }

    private static Tensor[] results(IValueVector stack) {
        long n = stack.size();
        if (n == 1 && stack.get(0).isTensorList()) {
            try (TensorVector list = stack.get(0).toTensorVector()) {
                var tensors = new Tensor[(int) list.size()];
                for (int i = 0; i < tensors.length; i++) tensors[i] = new Tensor(list.get(i));
                return tensors;
            }
        }
        var tensors = new Tensor[(int) n];
        for (int i = 0; i < n; i++) {
            IValue result = stack.get(i);
            if (!result.isTensor()) continue;
            Tensor reference = result.toTensor(); // into the stack, which we close: hence a handle of our own
            if (reference.defined()) tensors[i] = new Tensor(reference);
        }
        return tensors;
    }

    private static IValue value(Object argument) {
        return switch (argument) {
            case null -> new IValue();
            case Tensor t -> new IValue(t);
            case Tensor[] ts -> list(ts);
            case long[] ns -> list(ns);
            case Integer n -> new IValue(n.longValue());
            case Long n -> new IValue(n.longValue());
            case Float x -> new IValue(x.doubleValue());
            case Double x -> new IValue(x.doubleValue());
            case Boolean b -> new IValue(b.booleanValue());
            case String s -> new IValue(s);
            case ScalarType type -> new IValue((long) type.value);
            case MemoryFormat format -> new IValue((long) format.value);
            case Device device -> new IValue(device);
            default -> throw new IllegalArgumentException("No engine value for a " + argument.getClass().getName());
        };
    }

    /** A list of tensors; with a null among them, of optional tensors, as advanced indexing takes. */
    private static IValue list(Tensor[] tensors) {
        boolean optional = false;
        for (Tensor t : tensors) optional |= t == null;
        try (var list = new GenericList(optional ? ElementType.OPTIONAL_TENSOR : ElementType.TENSOR)) {
            for (Tensor t : tensors) {
                try (IValue value = value(t)) {
                    list.push_back(value);
                }
            }
            return new IValue(list);
        }
    }

    private static IValue list(long[] numbers) {
        try (var list = new LongList(numbers)) {
            return new IValue(new GenericList(list)); // a cast: the two differ in C++ templates only
        }
    }

    /** The engine's types of list elements: singletons of its own, never to be closed. */
    private static final class ElementType {
        static final Type.TypePtr TENSOR = new Type.TypePtr(TensorType.get());
        static final Type.TypePtr OPTIONAL_TENSOR = OptionalType.ofTensor();
    }
}
