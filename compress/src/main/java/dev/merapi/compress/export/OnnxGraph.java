package dev.merapi.compress.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A graph of ONNX operators that is being written. A name stands for a tensor in it. */
final class OnnxGraph {
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Map<Value, String> names = new IdentityHashMap<>();
    private final Map<String, String> made = new HashMap<>(); // constants and sizes, by what they are
    private final Map<String, Integer> counts = new HashMap<>(); // of names
    private final Map<String, AxisOf> axes = new HashMap<>();
    private String prefix = "";

    /** Where the size of a free axis is found. */
    private record AxisOf(String input, int dim) {}

    static TensorProto.DataType type(DType type) {
        return switch (type) {
            case FLOAT32 -> TensorProto.DataType.FLOAT;
            case FLOAT64 -> TensorProto.DataType.DOUBLE;
            case FLOAT16 -> TensorProto.DataType.FLOAT16;
            case BFLOAT16 -> TensorProto.DataType.BFLOAT16;
            case INT64 -> TensorProto.DataType.INT64;
            case INT32 -> TensorProto.DataType.INT32;
            case INT16 -> TensorProto.DataType.INT16;
            case INT8 -> TensorProto.DataType.INT8;
            case UINT8 -> TensorProto.DataType.UINT8;
            case BOOL -> TensorProto.DataType.BOOL;
            default -> throw Expect.error("Onnx", "a type that ONNX has", type);
        };
    }

    void input(Value value, List<Object> shape) {
        names.put(value, value.name);
        counts.put(value.name, 1);
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) instanceof String axis) axes.putIfAbsent(axis, new AxisOf(value.name, i));
        }
        graph.addInput(info(value.name, value.type, shape));
    }

    void output(Value value, String name) {
        String from = name(value);
        graph.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(from).addOutput(name));
        graph.addOutput(info(name, value.type, value.shape.stream().map(size -> size.isFixed()
                ? (Object) size.offset() : size.toString()).toList()));
    }

    private static ValueInfoProto info(String name, DType type, List<Object> shape) {
        var sizes = TensorShapeProto.newBuilder();
        for (Object size : shape) {
            var dim = TensorShapeProto.Dimension.newBuilder();
            sizes.addDim(size instanceof Number n ? dim.setDimValue(n.longValue()) : dim.setDimParam("" + size));
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(
                TypeProto.Tensor.newBuilder().setElemType(type(type).getNumber()).setShape(sizes))).build();
    }

    /** The layer of the nodes that follow. */
    void in(String layer) { prefix = layer; }

    /** The name of a traced tensor; a constant is written where it is first asked for. */
    String name(Value value) {
        String name = names.get(value);
        if (name != null) return name;
        if (!value.isConstant()) {
            throw Expect.error("Onnx", "tensors that operators made", "one of shape " + value.shape
                    + " that Java filled" + (value.producer == null ? "" : ", at " + value.producer.where()));
        }
        name = initializer(value.name == null ? "constant" : value.name, value.values);
        names.put(value, name);
        return name;
    }

    void bind(Value value, String name) { names.put(value, name); }

    /** A new name that begins so. */
    private String fresh(String base) {
        int count = counts.merge(base, 1, Integer::sum);
        return count == 1 ? base : base + "_" + (count - 1);
    }

    String initializer(String base, Tensor tensor) {
        String name = fresh(base);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor here = tensor.detach().to(Device.CPU).contiguous();
            var proto = TensorProto.newBuilder().setName(name).setDataType(type(here.dtype()).getNumber());
            for (long size : here.shape()) proto.addDims(size);
            proto.setRawData(here.numel() == 0 ? ByteString.EMPTY
                    : ByteString.copyFrom(here.segment().asByteBuffer()));
            graph.addInitializer(proto);
        }
        return name;
    }

    /** What was made before under a key, or what is made now. */
    private String once(String key, Supplier<String> make) {
        String before = made.get(key);
        if (before != null) return before;
        String now = make.get();
        made.put(key, now);
        return now;
    }

    /** A list of whole numbers. */
    String longs(long... numbers) {
        return once("longs" + Arrays.toString(numbers), () -> {
            try (var _ = Scope.open()) {
                return initializer("numbers", numbers.length == 0 ? Tensor.zeros(DType.INT64, 0)
                        : Tensor.of(numbers, numbers.length));
            }
        });
    }

    /** A single number without axes. */
    String scalar(Number number, DType type) {
        return once("scalar" + number.doubleValue() + type, () -> {
            try (var _ = Scope.open()) {
                return initializer("number", Tensor.scalar(number, type));
            }
        });
    }

    /** A list of sizes, computed from the input's where they depend on it. */
    String sizes(Size... sizes) {
        if (Arrays.stream(sizes).allMatch(Size::isFixed)) {
            return longs(Arrays.stream(sizes).mapToLong(Size::offset).toArray());
        }
        var parts = Arrays.stream(sizes).map(this::size).toList();
        return parts.size() == 1 ? parts.getFirst() : node("Concat", parts, "axis", 0);
    }

    /** A list of one. */
    private String size(Size size) {
        if (size.isFixed()) return longs(size.offset());
        return once("size " + size, () -> {
            String product = null;
            for (String axis : size.axes()) product = product == null ? axis(axis)
                    : node("Mul", List.of(product, axis(axis)));
            if (size.factor() != 1) product = node("Mul", List.of(product, longs(size.factor())));
            return size.offset() == 0 ? product : node("Add", List.of(product, longs(size.offset())));
        });
    }

    private String axis(String name) {
        return once("axis " + name, () -> {
            var of = axes.get(name);
            if (of == null) throw Expect.error("Onnx", "sizes that follow from the input's", "one " + name);
            return node("Gather", List.of(node("Shape", List.of(of.input)), longs(of.dim)), "axis", 0);
        });
    }

    /** A size as a number without axes. */
    String scalar(Size size) {
        return size.isFixed() ? scalar(size.offset(), DType.INT64)
                : node("Squeeze", List.of(size(size), longs(0)));
    }

    String cast(String x, DType from, DType to) {
        return from == to ? x : node("Cast", List.of(x), "to", type(to).getNumber());
    }

    /**
     * An operator of one result, whose name it returns.
     *
     * @param inputs an empty name for one that is left out
     * @param attributes names and values in turn: whole numbers, numbers, texts, or lists of them
     */
    String node(String operator, List<String> inputs, Object... attributes) {
        return nodes(operator, 1, inputs, attributes).getFirst();
    }

    /** An operator of several results. */
    List<String> nodes(String operator, int results, List<String> inputs, Object... attributes) {
        String base = prefix.isEmpty() ? operator : prefix + "." + operator;
        var node = NodeProto.newBuilder().setOpType(operator).setName(fresh(base + ".node")).addAllInput(inputs);
        for (int i = 0; i < attributes.length; i += 2) {
            node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
        }
        var names = new ArrayList<String>();
        for (int i = 0; i < results; i++) names.add(fresh(base));
        graph.addNode(node.addAllOutput(names));
        return names;
    }

    private static AttributeProto attribute(String name, Object value) {
        var attribute = AttributeProto.newBuilder().setName(name);
        switch (value) {
            case Integer n -> attribute.setType(AttributeProto.AttributeType.INT).setI(n);
            case Long n -> attribute.setType(AttributeProto.AttributeType.INT).setI(n);
            case Boolean b -> attribute.setType(AttributeProto.AttributeType.INT).setI(b ? 1 : 0);
            case Double d -> attribute.setType(AttributeProto.AttributeType.FLOAT).setF(d.floatValue());
            case String s -> attribute.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
            case long[] list -> {
                attribute.setType(AttributeProto.AttributeType.INTS);
                for (long n : list) attribute.addInts(n);
            }
            case String[] list -> {
                attribute.setType(AttributeProto.AttributeType.STRINGS);
                for (String s : list) attribute.addStrings(ByteString.copyFromUtf8(s));
            }
            default -> throw new AssertionError(name + " " + value);
        }
        return attribute.build();
    }

    GraphProto build(String name) { return graph.setName(name).build(); }
}
