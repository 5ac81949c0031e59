package dev.merapi.text.convert;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights and nodes of an ONNX file.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">its messages, whose field numbers are below</a>
 */
final class OnnxGraph {
    private final Path file;
    private final Map<String, Message> weights = new LinkedHashMap<>();
    private final Map<String, Message> constants = new LinkedHashMap<>(); // by the name of the node's output
    private final List<Node> nodes;

    /** One operation. */
    record Node(String op, List<String> inputs, List<String> outputs) {}

    private OnnxGraph(Path file, Message graph) {
        this.file = file;
        graph.messages(5).forEach(tensor -> weights.put(tensor.text(8), tensor));
        var messages = graph.messages(1);
        nodes = messages.stream().map(n -> new Node(n.text(4), n.texts(1), n.texts(2))).toList();
        for (Message node : messages) {
            if (!node.text(4).equals("Constant")) continue;
            node.messages(5).stream().filter(attribute -> attribute.text(1).equals("value")).findFirst()
                    .ifPresent(value -> constants.put(node.texts(2).getFirst(), value.message(5)));
        }
    }

    /**
     * Opens a file.
     *
     * @throws java.io.UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it is not a complete ONNX file
     */
    static OnnxGraph open(Path file) {
        try {
            var model = new Message(MappedFile.open(file));
            if (!model.has(7)) throw new IllegalArgumentException("it has no graph");
            return new OnnxGraph(file, model.message(7));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": not a complete ONNX file: " + e.getMessage() + ".", e);
        }
    }

    Path file() { return file; }

    List<Node> nodes() { return nodes; }

    Map<String, Message> weights() { return weights; }

    boolean isWeight(String name) { return weights.containsKey(name); }

    /** A copy of a weight, in the innermost scope. */
    Tensor weight(String name) { return tensor(name, weights.get(name)); }

    /** The value of a constant node, or of a weight; empty for what is computed. */
    Optional<Tensor> constant(String name) {
        return Optional.ofNullable(constants.getOrDefault(name, weights.get(name))).map(m -> tensor(name, m));
    }

    private Tensor tensor(String name, Message m) {
        long[] shape = m.numbers(1);
        DType type = switch ((int) m.number(2)) {
            case 1 -> DType.FLOAT32;
            case 6 -> DType.INT32;
            case 7 -> DType.INT64;
            case 9 -> DType.BOOL;
            case 10 -> DType.FLOAT16;
            case 11 -> DType.FLOAT64;
            case 16 -> DType.BFLOAT16;
            default -> throw unreadable(name, "its numbers are of ONNX's type " + m.number(2)
                    + "; take the file that is not quantised");
        };
        MemorySegment raw = m.has(9) ? m.bytes(9) : type == DType.FLOAT32 ? m.bytes(4) : MemorySegment.NULL;
        if (type == DType.INT64 && !m.has(9)) return Tensor.of(m.numbers(7), shape);
        if (raw.byteSize() != Shapes.numel(shape) * type.bytes()) {
            throw unreadable(name, "expected " + Shapes.numel(shape) * type.bytes() + " bytes for " + type + " "
                    + Shapes.toString(shape) + ", received " + raw.byteSize()
                    + (m.number(14) == 1 ? "; they are in another file, which is not supported" : ""));
        }
        return MappedFile.tensor(raw, type, shape);
    }

    private IllegalArgumentException unreadable(String name, String why) {
        return new IllegalArgumentException(file + ": could not read " + name + ": " + why + ".");
    }
}
