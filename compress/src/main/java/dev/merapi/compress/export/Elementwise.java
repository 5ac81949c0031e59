package dev.merapi.compress.export;

import dev.merapi.compress.export.OnnxOperators.Writer;
import dev.merapi.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Operators on each element by itself. */
final class Elementwise {
    private Elementwise() {}

    static void addTo(Map<String, Writer> all) {
        Map.ofEntries(Map.entry("neg", "Neg"), Map.entry("abs", "Abs"), Map.entry("sign", "Sign"),
                Map.entry("sqrt", "Sqrt"), Map.entry("reciprocal", "Reciprocal"), Map.entry("exp", "Exp"),
                Map.entry("log", "Log"), Map.entry("sin", "Sin"), Map.entry("cos", "Cos"), Map.entry("tan", "Tan"),
                Map.entry("asin", "Asin"), Map.entry("acos", "Acos"), Map.entry("atan", "Atan"),
                Map.entry("sinh", "Sinh"), Map.entry("cosh", "Cosh"), Map.entry("tanh", "Tanh"),
                Map.entry("erf", "Erf"), Map.entry("sigmoid", "Sigmoid"), Map.entry("relu", "Relu"),
                Map.entry("floor", "Floor"), Map.entry("ceil", "Ceil"), Map.entry("round", "Round"),
                Map.entry("isnan", "IsNaN"), Map.entry("isinf", "IsInf"), Map.entry("hardswish", "HardSwish"))
                .forEach((engine, onnx) -> all.put(engine, call -> call.bind(call.make(onnx, List.of(call.name(0))))));
        for (String same : List.of("alias", "detach", "contiguous", "clone", "dropout", "requires_grad",
                "resolve_conj")) {
            all.put(same, call -> call.bind(call.name(0)));
        }
        all.put("copy", call -> call.bind(call.make("Expand", List.of(call.operand(1, call.result().type),
                call.graph().sizes(call.result().shape.toArray(Size[]::new))))));
        all.put("to", call -> call.bind(call.graph().cast(call.name(0), call.value(0).type, call.result().type)));
        arithmetic(all);
        comparisons(all);
        activations(all);
    }

    private static void arithmetic(Map<String, Writer> all) {
        Map.of("add", "Add", "sub", "Sub", "mul", "Mul", "div", "Div", "pow", "Pow", "maximum", "Max", "minimum",
                "Min").forEach((engine, onnx) -> all.put(engine, call -> {
            if (call.count() > 2 && call.has(2) && call.number(2) != 1) {
                throw call.wrong("an alpha of 1", call.argument(2));
            }
            call.bind(binary(call, onnx, call.result().type));
        }));
        all.put("rsub", call -> call.bind(call.make("Sub", List.of(call.operand(1, call.result().type),
                call.operand(0, call.result().type)))));
        all.put("square", call -> call.bind(call.make("Mul", List.of(call.name(0), call.name(0)))));
        all.put("rsqrt", call -> call.bind(call.make("Reciprocal", List.of(call.make("Sqrt",
                List.of(call.name(0)))))));
        all.put("expm1", call -> call.bind(call.make("Sub", List.of(call.make("Exp", List.of(call.name(0))),
                number(call, 1)))));
        all.put("log1p", call -> call.bind(call.make("Log", List.of(call.make("Add", List.of(call.name(0),
                number(call, 1)))))));
        all.put("log2", call -> call.bind(logarithm(call, 2)));
        all.put("log10", call -> call.bind(logarithm(call, 10)));
        all.put("floor_divide", call -> {
            DType type = call.result().type, real = type.isFloating() ? type : DType.FLOAT64;
            call.bind(call.graph().cast(call.make("Floor", List.of(binary(call, "Div", real))), real, type));
        });
        all.put("remainder", call -> {
            DType type = call.result().type;
            if (!type.isFloating()) {
                call.bind(binary(call, "Mod", type));
                return;
            }
            String whole = call.make("Floor", List.of(binary(call, "Div", type)));
            call.bind(call.make("Sub", List.of(call.operand(0, type), call.make("Mul", List.of(whole,
                    call.operand(1, type))))));
        });
        all.put("lerp", call -> {
            DType type = call.result().type;
            String way = call.make("Sub", List.of(call.name(1), call.name(0)));
            call.bind(call.make("Add", List.of(call.name(0), call.make("Mul", List.of(way, call.operand(2, type))))));
        });
        all.put("clamp", call -> call.bind(clip(call, call.has(1) ? call.operand(1, call.result().type) : "",
                call.has(2) ? call.operand(2, call.result().type) : "")));
        all.put("trunc", call -> call.bind(call.make("Mul", List.of(call.make("Sign", List.of(call.name(0))),
                call.make("Floor", List.of(call.make("Abs", List.of(call.name(0)))))))));
    }

    private static String binary(Call call, String operator, DType type) {
        return call.make(operator, List.of(call.operand(0, type), call.operand(1, type)));
    }

    private static String number(Call call, double number) {
        return call.graph().scalar(number, call.result().type);
    }

    private static String logarithm(Call call, double base) {
        return call.make("Mul", List.of(call.make("Log", List.of(call.name(0))), number(call, 1 / Math.log(base))));
    }

    private static String clip(Call call, String low, String high) {
        return call.make("Clip", List.of(call.name(0), low, high));
    }

    private static void comparisons(Map<String, Writer> all) {
        Map.of("eq", "Equal", "lt", "Less", "le", "LessOrEqual", "gt", "Greater", "ge", "GreaterOrEqual")
                .forEach((engine, onnx) -> all.put(engine, call -> call.bind(binary(call, onnx, common(call)))));
        all.put("ne", call -> call.bind(call.make("Not", List.of(binary(call, "Equal", common(call))))));
        Map.of("logical_and", "And", "logical_or", "Or", "logical_xor", "Xor").forEach((engine, onnx) ->
                all.put(engine, call -> call.bind(binary(call, onnx, DType.BOOL))));
        all.put("logical_not", call -> call.bind(call.make("Not", List.of(call.operand(0, DType.BOOL)))));
        all.put("where", call -> call.bind(call.make("Where", List.of(call.operand(0, DType.BOOL),
                call.operand(1, call.result().type), call.operand(2, call.result().type)))));
        all.put("masked_fill", call -> call.bind(call.make("Where", List.of(call.name(1),
                call.operand(2, call.result().type), call.name(0)))));
    }

    /** The type in which two operands are compared. */
    private static DType common(Call call) {
        DType a = call.value(0).type;
        if (!call.isTensor(1)) {
            boolean whole = call.argument(1) instanceof Size;
            return a.isFloating() || whole && a != DType.BOOL ? a : whole ? DType.INT64 : DType.FLOAT32;
        }
        DType b = call.value(1).type;
        if (a.isFloating() != b.isFloating()) return a.isFloating() ? a : b;
        return a == DType.BOOL || b != DType.BOOL && b.bytes() > a.bytes() ? b : a;
    }

    private static void activations(Map<String, Writer> all) {
        all.put("gelu", call -> call.bind("tanh".equals(call.argument(1)) ? geluTanh(call) : gelu(call)));
        all.put("silu", call -> call.bind(call.make("Mul", List.of(call.name(0), call.make("Sigmoid",
                List.of(call.name(0)))))));
        all.put("mish", call -> call.bind(call.make("Mul", List.of(call.name(0), call.make("Tanh",
                List.of(call.make("Softplus", List.of(call.name(0)))))))));
        all.put("log_sigmoid", call -> call.bind(call.make("Log", List.of(call.make("Sigmoid",
                List.of(call.name(0)))))));
        all.put("softplus", call -> {
            if (call.number(1, 1) != 1) throw call.wrong("a beta of 1", call.argument(1));
            call.bind(call.make("Softplus", List.of(call.name(0))));
        });
        all.put("leaky_relu", call -> call.bind(call.make("LeakyRelu", List.of(call.name(0)), "alpha",
                call.number(1, 0.01))));
        all.put("elu", call -> call.bind(call.make("Elu", List.of(call.name(0)), "alpha", call.number(1, 1))));
        all.put("selu", call -> call.bind(call.make("Selu", List.of(call.name(0)))));
        all.put("celu", call -> call.bind(call.make("Celu", List.of(call.name(0)), "alpha", call.number(1, 1))));
        all.put("hardtanh", call -> call.bind(clip(call, number(call, call.number(1, -1)),
                number(call, call.number(2, 1)))));
        all.put("hardsigmoid", call -> call.bind(call.make("HardSigmoid", List.of(call.name(0)), "alpha", 1.0 / 6,
                "beta", 0.5)));
        all.put("prelu", call -> {
            String slope = call.name(1);
            int axes = call.value(0).rank() - 2;
            if (call.value(1).size(0).offset() > 1 && axes > 0) {
                long[] behind = LongStream.range(1, axes + 1).toArray();
                slope = call.make("Unsqueeze", List.of(slope, call.graph().longs(behind)));
            }
            call.bind(call.make("PRelu", List.of(call.name(0), slope)));
        });
    }

    private static String gelu(Call call) {
        String x = call.name(0);
        String erf = call.make("Erf", List.of(call.make("Mul", List.of(x, number(call, Math.sqrt(0.5))))));
        return call.make("Mul", List.of(call.make("Mul", List.of(x, number(call, 0.5))),
                call.make("Add", List.of(erf, number(call, 1)))));
    }

    private static String geluTanh(Call call) {
        String x = call.name(0);
        String cube = call.make("Mul", List.of(x, call.make("Mul", List.of(x, x))));
        String inner = call.make("Add", List.of(x, call.make("Mul", List.of(cube, number(call, 0.044715)))));
        String tanh = call.make("Tanh", List.of(call.make("Mul", List.of(inner, number(call,
                Math.sqrt(2 / Math.PI))))));
        return call.make("Mul", List.of(call.make("Mul", List.of(x, number(call, 0.5))),
                call.make("Add", List.of(tanh, number(call, 1)))));
    }
}
