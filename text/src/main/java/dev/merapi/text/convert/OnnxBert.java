package dev.merapi.text.convert;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import dev.merapi.io.Weights;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.convert.OnnxGraph.Node;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SentenceEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BERT encoders that PyTorch exported to ONNX, such as the sentence encoders that LangChain4j publishes for Maven, as
 * model folders.
 *
 * <pre>{@code
 * OnnxBert.convert(Path.of("all-minilm-l6-v2.onnx"), Path.of("all-minilm-l6-v2-tokenizer.json"),
 *         SentenceEncoder.Pooling.MEAN, Path.of("all-MiniLM-L6-v2"));
 * var encoder = SentenceEncoder.load(Path.of("all-MiniLM-L6-v2"));
 * }</pre>
 */
public final class OnnxBert {
    private OnnxBert() {}

    /**
     * Writes a folder for {@link SentenceEncoder#load}.
     *
     * @param tokenizer its {@code tokenizer.json}, which is copied; or null
     * @param pooling as the model was trained: MEAN for MiniLM and E5, CLS for BGE
     * @throws java.io.UncheckedIOException if a file cannot be read or written
     * @throws IllegalArgumentException if the file is not complete, quantised, or not of a BERT
     */
    public static void convert(Path onnx, Path tokenizer, SentenceEncoder.Pooling pooling, Path folder) {
        var graph = OnnxGraph.open(onnx);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            try (var bert = FileErrors.naming(onnx, () -> bert(graph))) {
                new SentenceEncoder(bert, pooling, true).save(folder);
            }
            if (tokenizer != null) AtomicFiles.write(folder.resolve("tokenizer.json"), Files.readAllBytes(tokenizer));
        } catch (IOException e) {
            throw FileErrors.reading(tokenizer, e);
        }
    }

    private static Bert bert(OnnxGraph graph) {
        var weights = weights(graph);
        var bert = new Bert(config(graph, weights), weights.containsKey("pooler.dense.weight"));
        Weights.of(weights).loadInto(bert);
        return bert;
    }

    /**
     * Weights of matrices have lost their names: such a one feeds a product, which feeds a sum with the bias, which has
     * kept its own.
     */
    private static Map<String, Tensor> weights(OnnxGraph graph) {
        var weights = new LinkedHashMap<String, Tensor>();
        graph.weights().keySet().stream().filter(OnnxBert::isNamed)
                .forEach(name -> weights.put(bare(name), graph.weight(name)));
        var products = new LinkedHashMap<String, String>(); // a product's name to its weight's
        for (Node node : graph.nodes()) {
            if (node.inputs().size() < 2 || node.outputs().isEmpty()) continue;
            if (node.op().equals("MatMul") && graph.isWeight(node.inputs().get(1))) {
                products.put(node.outputs().getFirst(), node.inputs().get(1));
            }
            if (!node.op().equals("Add")) continue;
            for (int i = 0; i < 2; i++) {
                String product = products.get(node.inputs().get(i));
                String bias = bare(node.inputs().get(1 - i));
                if (product == null || !bias.endsWith(".bias")) continue;
                weights.put(bias.replaceFirst("bias$", "weight"), graph.weight(product).mT());
            }
        }
        return weights;
    }

    private static boolean isNamed(String name) {
        return bare(name).matches("(embeddings|encoder|pooler)\\..*\\.(weight|bias)");
    }

    private static String bare(String name) { return name.replaceFirst("^(bert|model|0\\.auto_model)\\.", ""); }

    private static BertConfig config(OnnxGraph graph, Map<String, Tensor> weights) {
        Tensor words = shaped(graph, weights, "embeddings.word_embeddings.weight");
        Tensor positions = shaped(graph, weights, "embeddings.position_embeddings.weight");
        Tensor types = shaped(graph, weights, "embeddings.token_type_embeddings.weight");
        Tensor up = shaped(graph, weights, "encoder.layer.0.intermediate.dense.weight");
        int dim = (int) words.size(1);
        int layers = 0;
        while (weights.containsKey("encoder.layer." + layers + ".output.dense.weight")) layers++;
        var base = BertConfig.BASE;
        boolean exact = graph.nodes().stream().anyMatch(node -> node.op().matches("Erf|Gelu"));
        return new BertConfig("bert", List.of(), (int) words.size(0), dim, layers, heads(graph, dim), (int) up.size(0),
                exact ? "gelu" : "gelu_new", base.hiddenDropoutProb(), base.attentionProbsDropoutProb(),
                (int) positions.size(0), (int) types.size(0), base.initializerRange(), base.layerNormEps(),
                base.padTokenId(), null, "absolute", base.id2label());
    }

    private static Tensor shaped(OnnxGraph graph, Map<String, Tensor> weights, String name) {
        Tensor tensor = weights.get(name);
        if (tensor != null && tensor.rank() == 2) return tensor;
        throw new IllegalArgumentException(graph.file() + ": expected a BERT with a matrix " + name
                + ". Received weights such as " + graph.weights().keySet().stream().limit(3).toList());
    }

    /** Reshaping into heads names a shape (B, T, heads, size): in parts that are joined, or whole. */
    private static int heads(OnnxGraph graph, int dim) {
        for (Node node : graph.nodes()) {
            boolean joined = node.op().equals("Concat") && node.inputs().size() == 4;
            if (!joined && !(node.op().equals("Reshape") && node.inputs().size() == 2)) continue;
            var parts = (joined ? node.inputs().subList(2, 4) : node.inputs().subList(1, 2)).stream()
                    .flatMap(name -> graph.constant(name).stream()).toList();
            if (parts.isEmpty()) continue;
            long[] shape = Tensor.cat(parts.stream().map(Tensor::flatten).toList(), 0).toLongs();
            int n = shape.length;
            if (n >= 2 && n <= 4 && shape[n - 2] > 0 && shape[n - 2] * shape[n - 1] == dim) return (int) shape[n - 2];
        }
        throw new IllegalArgumentException(graph.file() + ": could not find the number of attention heads: no node"
                + " reshapes to (…, heads, " + dim + " / heads).");
    }
}
