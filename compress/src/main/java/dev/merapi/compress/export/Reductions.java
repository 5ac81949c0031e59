package dev.merapi.compress.export;

import dev.merapi.compress.export.OnnxOperators.Writer;
import dev.merapi.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Operators that make one number of several, and those that sort. */
final class Reductions {
    private Reductions() {}

    static void addTo(Map<String, Writer> all) {
        all.put("softmax", call -> call.bind(call.make("Softmax", List.of(call.name(0)), "axis", call.integer(1))));
        all.put("_safe_softmax", all.get("softmax"));
        all.put("log_softmax", call -> call.bind(call.make("LogSoftmax", List.of(call.name(0)), "axis",
                call.integer(1))));
        all.put("sum", call -> call.bind(reduce(call, "ReduceSum", call.operand(0, call.result().type))));
        Map.of("mean", "ReduceMean", "amax", "ReduceMax", "amin", "ReduceMin", "logsumexp", "ReduceLogSumExp")
                .forEach((engine, onnx) -> all.put(engine, call -> call.bind(reduce(call, onnx, call.name(0)))));
        all.put("prod", call -> call.bind(reduce(call, "ReduceProd", call.name(0))));
        all.put("max", call -> extreme(call, "ReduceMax", true));
        all.put("min", call -> extreme(call, "ReduceMin", false));
        all.put("var", call -> call.bind(variance(call)));
        all.put("std", call -> call.bind(call.make("Sqrt", List.of(variance(call)))));
        all.put("linalg_vector_norm", Reductions::norm);
        all.put("argmax", call -> arg(call, "ArgMax"));
        all.put("argmin", call -> arg(call, "ArgMin"));
        all.put("any", call -> call.bind(truth(call, "ReduceMax")));
        all.put("all", call -> call.bind(truth(call, "ReduceMin")));
        all.put("topk", call -> top(call, call.graph().sizes(call.size(1)), call.integer(2), !call.has(3)
                || call.flag(3)));
        all.put("sort", call -> top(call, call.graph().sizes(call.value(0).size(call.integer(1))), call.integer(1),
                call.flag(2)));
        all.put("argsort", call -> {
            Value x = call.value(0);
            call.bind(topK(call, call.graph().sizes(x.size(call.integer(1))), call.integer(1), call.flag(2)).get(1));
        });
    }

    /** Over the axes of argument 1, which stay if the flag after it says so; over all where there are none. */
    private static String reduce(Call call, String operator, String x) {
        return reduce(call, operator, x, dims(call, 1), call.flag(2));
    }

    private static String reduce(Call call, String operator, String x, long[] dims, boolean keep) {
        return operator.equals("ReduceSum")
                ? call.make(operator, List.of(x, call.graph().longs(dims)), "keepdims", keep)
                : call.make(operator, List.of(x), "axes", dims, "keepdims", keep);
    }

    private static long[] dims(Call call, int argument) {
        Value x = call.value(0);
        Object given = call.argument(argument);
        long[] dims = switch (given) {
            case Size[] several -> call.integers(argument);
            case Size one -> new long[] {call.integer(argument)};
            case null, default -> new long[0];
        };
        return dims.length == 0 ? LongStream.range(0, x.rank()).toArray() : call.axes(x, dims);
    }

    private static void extreme(Call call, String operator, boolean largest) {
        if (!call.has(1)) {
            call.bind(reduce(call, operator, call.name(0)));
            return;
        }
        call.bind(reduce(call, operator, call.name(0)));
        call.bind(1, call.make(largest ? "ArgMax" : "ArgMin", List.of(call.name(0)), "axis", call.integer(1),
                "keepdims", call.flag(2)));
    }

    private static void arg(Call call, String operator) {
        call.bind(call.make(operator, List.of(call.name(0)), "axis", call.integer(1), "keepdims", call.flag(2)));
    }

    /** Arguments: dims, correction, keepDim. */
    private static String variance(Call call) {
        if (!(call.argument(1) instanceof Size[])) throw call.wrong("dims and a correction", call.argument(1));
        long[] dims = dims(call, 1);
        String mean = reduce(call, "ReduceMean", call.name(0), dims, true);
        String apart = call.make("Sub", List.of(call.name(0), mean));
        String variance = reduce(call, "ReduceMean", call.make("Mul", List.of(apart, apart)), dims, call.flag(3));
        long correction = call.integer(2, 0);
        if (correction == 0) return variance;
        double n = 1;
        for (long dim : dims) {
            Size size = call.value(0).size(dim);
            if (!size.isFixed()) throw call.wrong("a correction of 0 where an axis is free", correction);
            n *= size.offset();
        }
        return call.make("Mul", List.of(variance, call.graph().scalar(n / (n - correction), call.result().type)));
    }

    /** Arguments: order, dims, keepDim. */
    private static void norm(Call call) {
        double order = call.number(1);
        if (order != 1 && order != 2) throw call.wrong("a norm of order 1 or 2", order);
        call.bind(reduce(call, order == 1 ? "ReduceL1" : "ReduceL2", call.name(0), dims(call, 2), call.flag(3)));
    }

    private static String truth(Call call, String operator) {
        String number = call.graph().cast(call.operand(0, DType.BOOL), DType.BOOL, DType.INT32);
        return call.graph().cast(reduce(call, operator, number), DType.INT32, DType.BOOL);
    }

    private static void top(Call call, String k, long dim, boolean largest) {
        var results = topK(call, k, dim, largest);
        call.bind(results.get(0));
        call.bind(1, results.get(1));
    }

    private static List<String> topK(Call call, String k, long dim, boolean largest) {
        return call.graph().nodes("TopK", 2, List.of(call.name(0), k), "axis", dim, "largest", largest);
    }
}
