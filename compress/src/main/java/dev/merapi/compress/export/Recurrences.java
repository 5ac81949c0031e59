package dev.merapi.compress.export;

import dev.merapi.compress.export.OnnxOperators.Writer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Nets that read step by step. The engine's gates stand in another order than ONNX's, and it runs all layers and
 * directions at once.
 */
final class Recurrences {
    /** Which third or quarter of the engine's rows stands where: LSTM's i, f, g, o and GRU's r, z, n. */
    private static final Map<String, int[]> ORDER = Map.of("LSTM", new int[] {0, 3, 1, 2}, "GRU", new int[] {1, 0, 2},
            "RNN", new int[] {0});

    private Recurrences() {}

    static void addTo(Map<String, Writer> all) {
        all.put("lstm", call -> write(call, "LSTM"));
        all.put("gru", call -> write(call, "GRU"));
        all.put("rnn_tanh", call -> write(call, "RNN"));
        all.put("_pack_padded_sequence", call -> { // packed are the steps as they were, and the lengths
            call.bind(call.flag(2) ? turned(call, call.name(0)) : call.name(0));
            call.bind(1, call.graph().cast(call.name(1), call.value(1).type, DType.INT32));
        });
        all.put("_pad_packed_sequence", call -> {
            call.bind(call.flag(2) ? turned(call, call.name(0)) : call.name(0));
            call.bind(1, call.graph().cast(call.name(1), DType.INT32, DType.INT64));
        });
    }

    private static String turned(Call call, String x) {
        return call.make("Transpose", List.of(x), "perm", new long[] {1, 0, 2});
    }

    /** Arguments: x, lengths if packed, states, parameters, biases, layers, …, two directions, batch first. */
    private static void write(Call call, String operator) {
        boolean packed = call.isTensor(1) && call.value(1).type == DType.INT64 && call.value(1).rank() == 1;
        int at = packed ? 1 : 0; // the lengths stand before the states
        var states = call.argument(1 + at) instanceof Value one ? List.of(one) : call.values(1 + at);
        var parameters = call.values(2 + at);
        boolean biases = call.flag(3 + at);
        int layers = (int) call.integer(4 + at), directions = call.flag(7 + at) ? 2 : 1, each = biases ? 4 : 2;
        boolean batchFirst = !packed && call.flag(8);
        String x = batchFirst ? turned(call, call.name(0)) : call.name(0); // (T, B, in)
        String lengths = packed ? call.name(1) : "";
        var last = new ArrayList<List<String>>();
        for (int layer = 0; layer < layers; layer++) {
            int from = layer * directions * each;
            var inputs = new ArrayList<>(List.of(x, joined(call, operator, parameters, from, each, directions, 0),
                    joined(call, operator, parameters, from, each, directions, 1),
                    biases ? bias(call, operator, parameters, from, each, directions) : "", lengths));
            for (var state : states) {
                inputs.add(Shaping.slice(call, call.graph().name(state), 0, Size.of((long) layer * directions),
                        Size.of((long) (layer + 1) * directions), 1));
            }
            var attributes = new ArrayList<Object>(List.of("hidden_size", states.getFirst().size(2).offset(),
                    "direction", directions == 2 ? "bidirectional" : "forward"));
            if (operator.equals("GRU")) attributes.addAll(List.of("linear_before_reset", 1));
            var results = call.graph().nodes(operator, 1 + states.size(), inputs, attributes.toArray());
            // (T, directions, B, hidden) to (T, B, directions · hidden)
            String apart = call.make("Transpose", List.of(results.getFirst()), "perm", new long[] {0, 2, 1, 3});
            x = call.make("Reshape", List.of(apart, call.graph().longs(0, 0, -1)));
            last.add(results.subList(1, results.size()));
        }
        call.bind(batchFirst ? turned(call, x) : x);
        for (int i = 0; i < states.size(); i++) {
            int state = i;
            var all = last.stream().map(layer -> layer.get(state)).toList();
            call.bind(1 + i, all.size() == 1 ? all.getFirst() : call.make("Concat", all, "axis", 0));
        }
    }

    /** One of the matrices of both directions: (directions, gates · hidden, …). */
    private static String joined(Call call, String operator, List<Value> parameters, int from, int each,
            int directions, int which) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var all = new ArrayList<Tensor>();
            for (int d = 0; d < directions; d++) {
                all.add(ordered(constant(call, parameters.get(from + d * each + which)), operator));
            }
            return call.graph().initializer(name(parameters.get(from + which)), Tensor.stack(all, 0));
        }
    }

    /** The biases of input and state side by side: (directions, 2 · gates · hidden). */
    private static String bias(Call call, String operator, List<Value> parameters, int from, int each,
            int directions) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var all = new ArrayList<Tensor>();
            for (int d = 0; d < directions; d++) {
                int at = from + d * each + 2;
                all.add(Tensor.cat(List.of(ordered(constant(call, parameters.get(at)), operator),
                        ordered(constant(call, parameters.get(at + 1)), operator)), 0));
            }
            return call.graph().initializer(name(parameters.get(from + 2)), Tensor.stack(all, 0));
        }
    }

    private static String name(Value parameter) { return parameter.name == null ? "weights" : parameter.name; }

    private static Tensor constant(Call call, Value value) {
        if (value.isConstant()) return value.values;
        throw call.wrong("weights that are the same for every input", "computed ones");
    }

    private static Tensor ordered(Tensor rows, String operator) {
        int[] order = ORDER.get(operator);
        var parts = rows.chunk(order.length, 0);
        var ordered = new ArrayList<Tensor>();
        for (int part : order) ordered.add(parts.get(part));
        return Tensor.cat(ordered, 0);
    }
}
