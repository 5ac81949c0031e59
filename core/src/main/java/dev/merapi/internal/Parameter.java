package dev.merapi.internal;

import org.bytedeco.pytorch.BooleanList;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleList;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.LongList;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A parameter in an operator's schema.
 *
 * @param name such as {@code keepdim}
 * @param type as the schema writes it, such as {@code int[]?}, where {@code ?} allows none
 * @param scalar the engine's type of the elements of a {@code Scalar?[]}, which has no name in the binding; else null
 */
record Parameter(String name, String type, Type.TypePtr scalar) {
    static Parameter[] of(FunctionSchema schema) {
        var list = schema.arguments(); // the limit of this pointer is their number
        var parameters = new Parameter[(int) list.limit()];
        for (int i = 0; i < parameters.length; i++) {
            var argument = list.getPointer(i); // part of the list: not to be closed
            var type = argument.type().get();
            String text = type.str().getString();
            parameters[i] = new Parameter(argument.name().getString(), text,
                    text.equals("Scalar?[]") ? type.containedType(0) : null);
        }
        return parameters;
    }

    /** Whether null will do, for none. */
    boolean isOptional() { return type.endsWith("?"); }

    /** The engine's value of an argument, or null if its class does not fit. */
    IValue value(Object argument) {
        if (argument == null) return null;
        return switch (type) {
            case "Tensor", "Tensor?" -> argument instanceof Tensor t ? new IValue(t) : null;
            case "Tensor[]", "Tensor[]?" -> argument instanceof Tensor[] ts ? list(ts, ElementType.TENSOR) : null;
            case "Tensor?[]" -> argument instanceof Tensor[] ts ? list(ts, ElementType.OPTIONAL_TENSOR) : null;
            case "int", "int?" -> integer(argument);
            case "int[]", "int[]?" -> argument instanceof long[] ns ? list(ns) : null;
            case "float", "float?" -> argument instanceof Number n ? new IValue(n.doubleValue()) : null;
            case "float[]", "float[]?" -> argument instanceof double[] xs ? list(xs) : null;
            case "number", "number?", "Scalar", "Scalar?" -> scalar(argument);
            case "Scalar?[]" -> argument instanceof Number[] ns ? list(ns) : null;
            case "bool", "bool?" -> argument instanceof Boolean b ? new IValue(b.booleanValue()) : null;
            case "bool[]", "bool[]?" -> argument instanceof boolean[] bs ? list(bs) : null;
            case "str", "str?" -> argument instanceof String s ? new IValue(s) : null;
            case "Generator", "Generator?" -> argument instanceof Generator g ? new IValue(g) : null;
            case "Device", "Device?" -> argument instanceof Device device ? new IValue(device) : null;
            default -> argument instanceof IValue v ? new IValue(v) : null; // what only the engine itself makes
        };
    }

    private static IValue integer(Object argument) {
        return switch (argument) {
            case Integer n -> new IValue(n.longValue());
            case Long n -> new IValue(n.longValue());
            case ScalarType scalarType -> new IValue((long) scalarType.value);
            case MemoryFormat format -> new IValue((long) format.value);
            default -> null;
        };
    }

    private static IValue scalar(Object argument) {
        return switch (argument) {
            case Double x -> new IValue(x.doubleValue());
            case Float x -> new IValue(x.doubleValue());
            case Number n -> new IValue(n.longValue());
            case Boolean b -> new IValue(b.booleanValue());
            default -> null;
        };
    }

    private static IValue list(Tensor[] tensors, Type.TypePtr elementType) {
        try (var list = new GenericList(elementType)) {
            for (Tensor t : tensors) {
                try (IValue value = t == null ? new IValue() : new IValue(t)) {
                    list.push_back(value);
                }
            }
            return new IValue(list);
        }
    }

    private IValue list(Number[] numbers) {
        try (var list = new GenericList(scalar)) {
            for (Number n : numbers) {
                try (IValue value = n == null ? new IValue() : scalar(n)) {
                    list.push_back(value);
                }
            }
            return new IValue(list);
        }
    }

    // These lists are read as generic ones by a cast: they differ in C++ templates alone.

    private static IValue list(long[] numbers) {
        try (var list = new LongList(numbers)) {
            return new IValue(new GenericList(list));
        }
    }

    private static IValue list(double[] numbers) {
        try (var list = new DoubleList()) {
            for (double x : numbers) list.push_back(x);
            return new IValue(new GenericList(list));
        }
    }

    private static IValue list(boolean[] flags) {
        try (var list = new BooleanList()) {
            for (boolean b : flags) list.push_back(b);
            return new IValue(new GenericList(list));
        }
    }

    /** The engine's types of list elements: singletons of its own, never to be closed. */
    private static final class ElementType {
        static final Type.TypePtr TENSOR = new Type.TypePtr(TensorType.get());
        static final Type.TypePtr OPTIONAL_TENSOR = OptionalType.ofTensor();
    }
}
