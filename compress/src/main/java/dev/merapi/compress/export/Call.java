package dev.merapi.compress.export;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.List;

/** A traced operator that is being written as ONNX: its arguments as the graph has them. */
record Call(Node node, OnnxGraph graph) {
    int count() { return node.arguments().size(); }

    /** An argument as it was; null for one that is none, or left out. */
    Object argument(int i) { return i < count() ? node.arguments().get(i) : null; }

    boolean has(int i) { return argument(i) != null; }

    boolean isTensor(int i) { return argument(i) instanceof Value; }

    Value value(int i) {
        if (argument(i) instanceof Value value) return value;
        throw wrong("a tensor as argument " + i, argument(i));
    }

    /** A tensor's name; empty for none. */
    String name(int i) { return has(i) ? graph.name(value(i)) : ""; }

    List<Value> values(int i) {
        return Arrays.stream((Object[]) argument(i)).map(value -> (Value) value).toList();
    }

    Size size(int i) { return (Size) argument(i); }

    /** A whole number that is the same for every input. */
    long integer(int i) { return fixed(size(i)); }

    long integer(int i, long usual) { return has(i) ? integer(i) : usual; }

    private long fixed(Size size) {
        if (size.isFixed()) return size.offset();
        throw wrong("a size that does not depend on the input", size);
    }

    Size[] sizes(int i) { return (Size[]) argument(i); }

    long[] integers(int i) { return Arrays.stream(sizes(i)).mapToLong(this::fixed).toArray(); }

    boolean flag(int i) { return argument(i) instanceof Boolean b && b; }

    double number(int i) {
        return argument(i) instanceof Size size ? fixed(size) : ((Number) argument(i)).doubleValue();
    }

    double number(int i, double usual) { return has(i) ? number(i) : usual; }

    /** A tensor or number as an operand of a type. */
    String operand(int i, DType type) {
        if (isTensor(i)) return graph.cast(name(i), value(i).type, type);
        if (argument(i) instanceof Size size && !size.isFixed()) {
            return graph.cast(graph.scalar(size), DType.INT64, type);
        }
        return graph.scalar(number(i), type);
    }

    Value result() { return node.results().getFirst(); }

    Value result(int i) { return node.results().get(i); }

    void bind(String name) { graph.bind(result(), name); }

    void bind(int i, String name) { if (result(i) != null) graph.bind(result(i), name); }

    String make(String operator, List<String> inputs, Object... attributes) {
        return graph.node(operator, inputs, attributes);
    }

    /** Axes of an argument's tensor, counted from 0. */
    long[] axes(Value of, long[] dims) { return Arrays.stream(dims).map(of::axis).toArray(); }

    IllegalArgumentException wrong(String expected, Object received) {
        return Expect.error("Onnx: " + node.where(), expected, received);
    }
}
