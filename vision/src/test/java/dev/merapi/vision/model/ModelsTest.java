package dev.merapi.vision.model;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Small networks: their parameters' names and shapes, their number, and a gradient for each. */
class ModelsTest {
    /** A model with the size of its images and its number of parameters, by Keras where it has it. */
    record Case(String name, long parameters, int channels, int side, Supplier<Layer> model) {
        @Override public String toString() { return name; }
    }

    static final List<Case> MODELS = List.of(
            new Case("mlp", 101_770, 1, 28, () -> Classifiers.mlp(10)),
            new Case("mnist-convnet", 34_826, 1, 28, () -> Classifiers.mnistConvnet(10)),
            new Case("mnist-cnn", 93_322, 1, 28, () -> Classifiers.mnistCnn(10)),
            new Case("batch-norm-cnn", 104_426, 1, 28, () -> Classifiers.batchNormCnn(1, 28, 10)),
            new Case("cifar-cnn", 167_562, 3, 32, () -> Classifiers.cifarCnn(10)));

    @ParameterizedTest @FieldSource("MODELS")
    void everyParameterGetsAGradient(Case c) {
        Torch.seed(1);
        try (var model = c.model.get(); var _ = Scope.open()) {
            var logits = ((Unary) model).forward(Tensor.randn(2, c.channels, c.side, c.side));
            assertEquals(2, logits.size(0));
            new CrossEntropy().forward(logits, Tensor.of(new long[] {1, 3})).backward();
            model.params().forEach((name, param) -> {
                double size = param.grad().abs().sum().item();
                assertTrue(Double.isFinite(size) && size > 0, name + ": gradient of size " + size);
            });
        }
    }

    @ParameterizedTest @FieldSource("MODELS")
    void namesAndShapesAreTheStoredOnes(Case c) throws IOException {
        try (var model = c.model.get(); var stored = ModelsTest.class.getResourceAsStream(
                "/models/" + c.name + ".txt")) {
            String actual = model.tensors().entrySet().stream()
                    .map(e -> e.getKey() + " " + Shapes.toString(e.getValue().shape()))
                    .sorted().collect(Collectors.joining("\n"));
            assertEquals(new String(stored.readAllBytes()).strip(), actual);
            assertEquals(c.parameters, model.parameterCount());
        }
    }
}
