package dev.merapi.compress.export;

import dev.merapi.compress.export.OnnxOperators.Writer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that give elements another place, or choose some, and those that make tensors. */
final class Shaping {
    private Shaping() {}

    static void addTo(Map<String, Writer> all) {
        for (String reshaped : List.of("reshape", "view", "flatten", "unflatten", "squeeze", "unsqueeze")) {
            all.put(reshaped, call -> call.bind(reshape(call, call.name(0), call.result().shape)));
        }
        orders(all);
        repeats(all);
        parts(all);
        lookups(all);
        creations(all);
    }

    /** Of a known shape; an axis that grows is found by what is left, where it is the only one. */
    static String reshape(Call call, String x, List<Size> shape) {
        long growing = shape.stream().filter(size -> !size.isFixed()).count();
        boolean empty = shape.stream().anyMatch(size -> size.isFixed() && size.offset() == 0);
        if (growing == 1 && !empty) {
            long[] sizes = shape.stream().mapToLong(size -> size.isFixed() ? size.offset() : -1).toArray();
            return call.make("Reshape", List.of(x, call.graph().longs(sizes)));
        }
        return call.make("Reshape", List.of(x, call.graph().sizes(shape.toArray(Size[]::new))));
    }

    private static void orders(Map<String, Writer> all) {
        all.put("transpose", call -> {
            var order = order(call);
            Collections.swap(order, call.value(0).axis(call.integer(1)), call.value(0).axis(call.integer(2)));
            permute(call, order);
        });
        all.put("mT", call -> {
            var order = order(call);
            Collections.swap(order, order.size() - 1, order.size() - 2);
            permute(call, order);
        });
        all.put("permute", call -> permute(call, Arrays.stream(call.axes(call.value(0), call.integers(1)))
                .boxed().toList()));
        all.put("movedim", call -> {
            var order = order(call);
            Long moved = order.remove(call.value(0).axis(call.integer(1)));
            order.add(call.value(0).axis(call.integer(2)), moved);
            permute(call, order);
        });
        all.put("flip", call -> {
            String x = call.name(0);
            for (long dim : call.axes(call.value(0), call.integers(1))) {
                x = slice(call, x, dim, Size.of(-1), Size.of(Long.MIN_VALUE + 1), -1);
            }
            call.bind(x);
        });
        for (String triangle : List.of("tril", "triu")) {
            all.put(triangle, call -> call.bind(call.make("Trilu", List.of(call.name(0),
                    call.graph().scalar(call.size(1))), "upper", triangle.equals("triu"))));
        }
    }

    private static List<Long> order(Call call) {
        return new ArrayList<>(IntStream.range(0, call.value(0).rank()).mapToObj(i -> (long) i).toList());
    }

    private static void permute(Call call, List<Long> order) {
        call.bind(call.make("Transpose", List.of(call.name(0)), "perm",
                order.stream().mapToLong(Long::longValue).toArray()));
    }

    private static void repeats(Map<String, Writer> all) {
        for (String expanded : List.of("expand", "expand_as")) {
            all.put(expanded, call -> call.bind(call.make("Expand", List.of(call.name(0),
                    call.graph().sizes(call.result().shape.toArray(Size[]::new))))));
        }
        all.put("repeat", call -> {
            int added = call.result().rank() - call.value(0).rank();
            var shape = new ArrayList<>(Collections.nCopies(added, Size.of(1)));
            shape.addAll(call.value(0).shape);
            call.bind(call.make("Tile", List.of(reshape(call, call.name(0), shape),
                    call.graph().sizes(call.sizes(1)))));
        });
        all.put("repeat_interleave", call -> {
            int dim = call.value(0).axis(call.integer(2));
            String apart = call.make("Unsqueeze", List.of(call.name(0), call.graph().longs(dim + 1)));
            var times = new long[call.value(0).rank() + 1];
            Arrays.fill(times, 1);
            times[dim + 1] = call.integer(1);
            call.bind(reshape(call, call.make("Tile", List.of(apart, call.graph().longs(times))),
                    call.result().shape));
        });
        for (String joined : List.of("cat", "stack")) all.put(joined, call -> join(call, joined.equals("stack")));
        all.put("constant_pad_nd", call -> pad(call, "constant", call.operand(2, call.result().type)));
        all.put("pad", call -> {
            String mode = (String) call.argument(2);
            switch (mode) {
                case "constant" -> pad(call, "constant", call.has(3) ? call.operand(3, call.result().type)
                        : call.graph().scalar(0, call.result().type));
                case "reflect" -> pad(call, "reflect", "");
                case "replicate" -> pad(call, "edge", "");
                default -> throw call.wrong("padding with zeros, reflected or replicated", mode);
            }
        });
    }

    private static void join(Call call, boolean stacked) {
        DType type = call.result().type;
        long dim = call.result().axis(call.integer(1));
        var parts = call.values(0).stream().filter(v -> stacked || v.rank() == call.result().rank())
                .map(v -> call.graph().cast(call.graph().name(v), v.type, type))
                .map(x -> stacked ? call.make("Unsqueeze", List.of(x, call.graph().longs(dim))) : x).toList();
        call.bind(call.make("Concat", parts, "axis", dim));
    }

    private static void pad(Call call, String mode, String value) {
        int rank = call.value(0).rank();
        long[] sizes = call.integers(1);
        var pads = new long[2 * rank];
        for (int i = 0; i < sizes.length / 2; i++) {
            pads[rank - 1 - i] = sizes[2 * i];
            pads[2 * rank - 1 - i] = sizes[2 * i + 1];
        }
        call.bind(call.make("Pad", List.of(call.name(0), call.graph().longs(pads), value), "mode", mode));
    }

    static String slice(Call call, String x, long dim, Size from, Size to, long step) {
        return call.make("Slice", List.of(x, call.graph().sizes(from), call.graph().sizes(to), call.graph().longs(dim),
                call.graph().longs(step)));
    }

    private static void parts(Map<String, Writer> all) {
        all.put("select", call -> {
            int dim = call.value(0).axis(call.integer(1));
            call.bind(call.make("Gather", List.of(call.name(0), call.graph().scalar(call.size(2))), "axis", dim));
        });
        all.put("narrow", call -> {
            int dim = call.value(0).axis(call.integer(1));
            call.bind(slice(call, call.name(0), dim, call.size(2), end(call, dim), 1));
        });
        all.put("slice", call -> {
            int dim = call.value(0).axis(call.integer(1));
            Size from = call.has(2) ? call.size(2) : Size.of(0);
            Size to = call.has(3) ? call.size(3) : Size.of(Long.MAX_VALUE);
            call.bind(slice(call, call.name(0), dim, from, to, call.integer(4, 1)));
        });
        for (String split : List.of("chunk", "split_with_sizes", "split")) {
            all.put(split, call -> {
                int dim = call.value(0).axis(call.integer(2));
                var sizes = call.node().results().stream().map(part -> part.size(dim)).toArray(Size[]::new);
                var parts = call.graph().nodes("Split", sizes.length, List.of(call.name(0),
                        call.graph().sizes(sizes)), "axis", dim);
                for (int i = 0; i < sizes.length; i++) call.bind(i, parts.get(i));
            });
        }
        all.put("unfold", Shaping::windows);
        all.put("unbind", call -> {
            int dim = call.value(0).axis(call.integer(1));
            for (int i = 0; i < call.node().results().size(); i++) {
                call.bind(i, call.make("Gather", List.of(call.name(0), call.graph().scalar(Size.of(i))), "axis", dim));
            }
        });
    }

    /** Windows of a fixed axis: their places are looked up, and those in a window go last. */
    private static void windows(Call call) {
        int dim = call.value(0).axis(call.integer(1)), rank = call.value(0).rank();
        long size = call.integer(2), step = call.integer(3);
        if (!call.value(0).size(dim).isFixed()) throw call.wrong("windows of a fixed axis", call.value(0).size(dim));
        long count = (call.value(0).size(dim).offset() - size) / step + 1;
        long[] places = LongStream.range(0, count * size).map(i -> i / size * step + i % size).toArray();
        String apart;
        try (var _ = Scope.open()) {
            apart = call.make("Gather", List.of(call.name(0), call.graph().initializer("places",
                    Tensor.of(places, count, size))), "axis", dim);
        }
        long[] order = LongStream.range(0, rank + 1).map(i -> i <= dim ? i : i < rank ? i + 1 : dim + 1).toArray();
        call.bind(call.make("Transpose", List.of(apart), "perm", order));
    }

    /** Where a part ends that begins at argument 2 and is as long as argument 3. */
    private static Size end(Call call, int dim) {
        Size from = call.size(2), length = call.size(3), whole = call.value(0).size(dim);
        if (from.isFixed() && from.offset() == 0) return length;
        if (from.isFixed() && from.offset() < 0) {
            boolean toEnd = length.isFixed() && length.offset() == -from.offset();
            return toEnd ? Size.of(Long.MAX_VALUE) : sum(call, from, length);
        }
        return whole.equals(length) ? whole : sum(call, from, length);
    }

    private static Size sum(Call call, Size a, Size b) {
        if (a.isFixed()) return new Size(b.axes(), b.factor(), a.offset() + b.offset());
        if (b.isFixed()) return new Size(a.axes(), a.factor(), a.offset() + b.offset());
        if (a.axes().equals(b.axes())) {
            return a.factor() + b.factor() == 0 ? Size.of(a.offset() + b.offset())
                    : new Size(a.axes(), a.factor() + b.factor(), a.offset() + b.offset());
        }
        throw call.wrong("a part whose ends grow with one axis", a + " and " + b);
    }

    private static void lookups(Map<String, Writer> all) {
        all.put("index_select", call -> call.bind(call.make("Gather", List.of(call.name(0), call.name(2)), "axis",
                call.value(0).axis(call.integer(1)))));
        all.put("embedding", call -> call.bind(call.make("Gather", List.of(call.name(0), call.name(1)), "axis", 0)));
        all.put("gather", call -> call.bind(call.make("GatherElements", List.of(call.name(0), call.name(2)), "axis",
                call.value(0).axis(call.integer(1)))));
        all.put("index", call -> {
            var indices = (Object[]) call.argument(1);
            long given = Arrays.stream(indices).filter(i -> i != null).count();
            int dim = IntStream.range(0, indices.length).filter(i -> indices[i] != null).findFirst().orElse(0);
            if (given != 1) throw call.wrong("one tensor of indices", given);
            call.bind(call.make("Gather", List.of(call.name(0), call.graph().name((Value) indices[dim])), "axis", dim));
        });
        all.put("one_hot", call -> call.bind(call.make("OneHot", List.of(call.name(0),
                call.graph().sizes(call.size(1)), call.graph().longs(0, 1)), "axis", -1)));
        all.put("cumsum", call -> call.bind(call.make("CumSum", List.of(call.operand(0, call.result().type),
                call.graph().scalar(Size.of(call.value(0).axis(call.integer(1))))))));
    }

    private static void creations(Map<String, Writer> all) {
        for (String empty : List.of("empty", "new_empty", "empty_like")) all.put(empty, _ -> { });
        for (String zeros : List.of("zero", "new_zeros", "zeros_like", "zeros")) all.put(zeros, call -> fill(call, 0));
        for (String ones : List.of("new_ones", "ones_like", "ones")) all.put(ones, call -> fill(call, 1));
        all.put("fill", call -> expand(call, call.operand(1, call.result().type)));
        all.put("new_full", call -> expand(call, call.operand(2, call.result().type)));
        all.put("arange", call -> {
            DType type = call.result().type;
            call.bind(call.make("Range", List.of(call.operand(0, type), call.operand(1, type),
                    call.operand(2, type))));
        });
    }

    private static void fill(Call call, int number) {
        expand(call, call.graph().scalar(number, call.result().type));
    }

    private static void expand(Call call, String number) {
        call.bind(call.make("Expand", List.of(number,
                call.graph().sizes(call.result().shape.toArray(Size[]::new)))));
    }
}
