package dev.merapi.compress.export;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.classify.RnnClassifier;
import dev.merapi.text.model.classify.TextNet;
import dev.merapi.text.model.classify.TransformerClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.vision.model.Classifiers;
import dev.merapi.vision.model.ResNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OnnxTest {
    @TempDir private static Path folder;

    @BeforeEach void seed() { Torch.seed(5); }

    private static Onnx.Written check(String name, Signature model, Map<String, Long> sizes) {
        var file = folder.resolve(name + ".onnx");
        var written = Onnx.write(model, file);
        try (var _ = Scope.open()) {
            OnnxRuntime.assertSame(model, file, sizes);
        }
        return written;
    }

    private static final Map<String, Long> BATCH = Map.of("batch", 4L);
    private static final Map<String, Long> TEXT = Map.of("batch", 2L, "tokens", 9L);

    private static <M extends Layer & Unary> Signature pictures(M model, int channels, int side) {
        return Signature.of(model, Signature.floats("pixels", "batch", channels, side, side), "logits");
    }

    /** Weights and statistics unlike those that a norm begins with. */
    private static <M extends Layer> M used(M model) {
        try (var _ = Torch.noGrad()) {
            model.tensors().forEach((name, tensor) -> {
                if (name.endsWith("running_mean")) tensor.normal_(0, 0.3);
                else if (name.endsWith("running_var")) tensor.uniform_(0.5, 2);
                else if (name.endsWith("bias")) tensor.normal_(0, 0.1);
            });
        }
        return model;
    }

    @Test void fashionCnns() {
        check("mlp", pictures(Classifiers.mlp(10), 1, 28), BATCH);
        check("cnn", pictures(Classifiers.mnistCnn(10), 1, 28), BATCH);
        var written = check("norms", pictures(used(Classifiers.batchNormCnn(1, 28, 10)), 1, 28), BATCH);
        assertEquals(3, written.folded());
    }

    @Test void normsGoIntoProductsOnlyWhereNobodyElseLooks() {
        var dense = new Sequential(new Linear(6, 4), new BatchNorm1d(4), new Relu(), new Linear(4, 2));
        assertEquals(1, check("dense", Signature.of(used(dense), Signature.floats("x", "batch", 6), "y"), BATCH)
                .folded());
        var conv = used(new Sequential(new Conv2d(2, 4, 3, ConvOptions.SAME.noBias())));
        var norm = used(new BatchNorm2d(4));
        var both = new Signature(new Sequential(conv, norm), List.of(Signature.floats("x", "batch", 2, 5, 5)),
                List.of("y"), x -> {
                    Tensor before = conv.forward(x.getFirst());
                    return List.of(norm.forward(before).add(before));
                });
        assertEquals(0, check("both", both, BATCH).folded());
    }

    @Test void resNet() {
        check("resnet20", pictures(used(new ResNet(ResNet.Config.RESNET20, 10)), 3, 32), BATCH);
    }

    @Test void bert() {
        var config = BertConfig.of(50, 16, 2, 2, 32).labels(List.of("bad", "good"));
        var net = new SequenceClassifier(config);
        var model = net.signature();
        var file = folder.resolve("bert.onnx");
        Onnx.write(model, file);
        try (var _ = Scope.open()) {
            Tensor ids = Tensor.randint(1, 50, 2, 7);
            Tensor mask = Tensor.of(new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0}, 2, 7);
            OnnxRuntime.assertSame(model, file, List.of(ids, mask, Tensor.zeros(ids.dtype(), 2, 7)));
        }
    }

    @Test void decoders() {
        check("gpt2", new Gpt2(Gpt2Config.of(30, 16, 2, 2, 16, 0)).signature(), TEXT);
        check("llama", new Llama(LlamaConfig.of(Family.LLAMA, 30, 16, 32, 2, 4, 2)).signature(), TEXT);
    }

    @Test void textNets() {
        for (TextNet net : List.of(new TransformerClassifier(20, 16, 3), new RnnClassifier(20, 3))) {
            var model = net.signature();
            var file = folder.resolve(net.getClass().getSimpleName() + ".onnx");
            Onnx.write(model, file);
            try (var _ = Scope.open()) {
                Tensor ids = Tensor.of(new long[] {3, 1, 4, 1, 5, 9, 2, 6, 0, 0, 0, 0}, 2, 6); // filled up
                OnnxRuntime.assertSame(model, file, List.of(ids));
            }
        }
    }

    private static final class Odd extends Layer implements Unary {
        Unary inner = new Linear(3, 3);

        @Override public Tensor forward(Tensor x) { return hooked(inner.forward(x).lgamma(), x); }
    }

    @Test void anOperatorWithoutMappingIsNamedWithItsLayer() {
        var model = Signature.of(new Sequential(new Odd()), Signature.floats("x", "batch", 3), "y");
        var e = assertThrows(IllegalArgumentException.class, () -> Onnx.write(model, folder.resolve("odd.onnx")));
        assertEquals("Onnx.write: expected operators that have a mapping to ONNX. Received lgamma in 0.",
                e.getMessage());
        assertTrue(Files.notExists(folder.resolve("odd.onnx")));
    }

    @Test void aModelThatGoesAnotherWayForAnotherSizeIsRefused() {
        var net = new Linear(3, 3);
        var model = new Signature(net, List.of(Signature.floats("x", "batch", 3)), List.of("y"),
                x -> List.of(x.getFirst().size(0) > 3 ? net.forward(x.getFirst()).relu() : x.getFirst()));
        var e = assertThrows(IllegalArgumentException.class, () -> Onnx.write(model, folder.resolve("x.onnx")));
        assertTrue(e.getMessage().startsWith("Onnx: expected a model that runs the same operators for inputs of all"),
                e.getMessage());
    }

    @Test void nothingStaysAlive() {
        long before = Scope.live();
        var net = Classifiers.batchNormCnn(1, 8, 3);
        Onnx.write(pictures(net, 1, 8), folder.resolve("alive.onnx"));
        net.close();
        assertTrue(Scope.live() <= before);
    }
}
