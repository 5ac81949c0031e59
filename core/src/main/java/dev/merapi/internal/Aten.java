package dev.merapi.internal;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Calls any of libtorch's operators by name, through its dispatcher, and closes every helper it makes.
 *
 * <pre>{@code
 * var y = Aten.op("gather").call(x, 1, index, false);
 * var qr = Aten.op("linalg_qr").callAll(x, "reduced");
 * }</pre>
 *
 * Arguments follow the operator's schema, all of them: {@code Tensor}, {@code Tensor[]}, {@code long[]},
 * {@code double[]}, {@code boolean[]}, {@code Number[]}, numbers, booleans, {@code String}, {@code ScalarType},
 * {@code MemoryFormat}, {@code Device}, {@code IValue}, or {@code null} for "none".
 * Costs about a microsecond more than a generated binding.
 */
public final class Aten {
    private static final Map<String, Aten> OPS = new ConcurrentHashMap<>();

    private final OperatorHandle handle;
    private final Parameter[] parameters;

    private Aten(String name, String overload) {
        Engine.ensureStarted();
        handle = Dispatcher.singleton().findSchemaOrThrow(name, overload);
        parameters = Parameter.of(handle.schema());
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
    public Tensor[] callAll(Object... arguments) { return call(arguments, Aten::results); }

    /** Runs the operator and returns its one result, which may be anything; the caller closes it. */
    public IValue callOpaque(Object... arguments) { return call(arguments, stack -> new IValue(stack.get(0))); }

    private <R> R call(Object[] arguments, Function<IValueVector, R> results) {
        if (arguments.length != parameters.length) {
            throw new IllegalArgumentException(this + ": expected " + parameters.length + " arguments. Received "
                    + arguments.length);
        }
        try (var stack = new IValueVector(arguments.length)) { // of none everywhere
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] == null && parameters[i].isOptional()) continue;
                try (IValue value = value(i, arguments[i])) {
                    stack.put(i, value);
                }
            }
            handle.callBoxed(stack);
            return results.apply(stack);
        }
    }

    private IValue value(int i, Object argument) {
        IValue value = parameters[i].value(argument);
        if (value == null) {
            throw new IllegalArgumentException(this + ", argument " + i + ": expected " + parameters[i].type()
                    + ". Received " + (argument == null ? "null" : argument.getClass().getSimpleName()));
        }
        return value;
    }

    /** Name and parameters, such as {@code cdist(Tensor x1, Tensor x2, float p, int? compute_mode)}. */
    @Override public String toString() {
        return Arrays.stream(parameters).map(p -> p.type() + " " + p.name())
                .collect(Collectors.joining(", ", name() + "(", ")"));
    }

    private String name() { return handle.operator_name().name().getString().replaceFirst("^aten::", ""); }

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
}
