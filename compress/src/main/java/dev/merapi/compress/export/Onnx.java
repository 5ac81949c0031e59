package dev.merapi.compress.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.merapi.internal.Version;
import dev.merapi.io.AtomicFiles;
import dev.merapi.nn.Signature;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes models as ONNX, for other programs to run.
 *
 * <pre>{@code
 * Onnx.write(Signature.of(net, Signature.floats("pixels", "batch", 1, 28, 28), "logits"), Path.of("fashion.onnx"));
 * }</pre>
 *
 * The model runs on samples of some sizes, and what its operators are is written down: so it must run the same ones
 * whatever the values are. Batch norms go into the products before them, and what does not depend on the input is
 * computed once.
 */
public final class Onnx {
    /** The version of the operators. */
    public static final int OPSET = 17;

    private static final int IR = 8; // the version of the file format that came with it
    private static final long LARGEST = Integer.MAX_VALUE; // bytes, of protobuf

    private Onnx() {}

    /**
     * What was written.
     *
     * @param operators how many
     * @param folded how many batch norms went into other operators
     * @param bytes of the file
     */
    public record Written(int operators, int folded, long bytes) {}

    /**
     * Writes a model into a file.
     *
     * @throws IllegalArgumentException naming each operator that has no mapping, with its layer; or an input that makes
     *     the model take another way for another size; or if it is larger than 2 GiB
     */
    public static Written write(Signature model, Path file) {
        try (var trace = Trace.of(model)) {
            int folded = Folding.in(trace);
            var proto = proto(trace, model);
            AtomicFiles.write(file, proto.toByteArray());
            return new Written(proto.getGraph().getNodeCount(), folded, proto.getSerializedSize());
        }
    }

    private static ModelProto proto(Trace trace, Signature model) {
        var needed = needed(trace);
        expectMappings(trace.nodes, needed);
        var graph = new OnnxGraph();
        for (int i = 0; i < trace.inputs.size(); i++) graph.input(trace.inputs.get(i), model.inputs().get(i).axes());
        for (var node : trace.nodes) {
            if (!needed.contains(node)) continue;
            graph.in(node.layer());
            OnnxOperators.of(node.name()).orElseThrow().write(new Call(node, graph));
        }
        graph.in("");
        for (int i = 0; i < trace.outputs.size(); i++) graph.output(trace.outputs.get(i), model.outputs().get(i));
        var proto = ModelProto.newBuilder().setIrVersion(IR).setProducerName("merapi")
                .setProducerVersion(Version.read())
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph.build(model.model().getClass().getSimpleName()));
        long bytes = proto.getGraph().getInitializerList().stream().mapToLong(t -> t.getRawData().size()).sum();
        Expect.that(bytes < LARGEST, "Onnx.write", "weights of less than 2 GiB, the most that the format holds in one"
                + " file", bytes + " bytes");
        return proto.build();
    }

    /** The nodes on which the outputs depend, and which are to be computed for each input. */
    private static Set<Node> needed(Trace trace) {
        Set<Value> values = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        values.addAll(trace.outputs);
        for (var node : trace.nodes.reversed()) {
            boolean computed = node.results().stream().anyMatch(v -> v != null && values.contains(v)
                    && !v.isConstant());
            if (!computed) continue;
            needed.add(node);
            Value.among(node.arguments()).forEach(values::add);
        }
        return needed;
    }

    private static void expectMappings(List<Node> nodes, Set<Node> needed) {
        var missing = new TreeSet<String>();
        for (var node : nodes) {
            if (needed.contains(node) && OnnxOperators.of(node.name()).isEmpty()) {
                missing.add(node.name().isEmpty() ? "a call of the engine without a name"
                        + node.where() : node.where());
            }
        }
        Expect.that(missing.isEmpty(), "Onnx.write", "operators that have a mapping to ONNX",
                String.join(", ", missing));
    }
}
