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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every model: its parameters' names and shapes, their number, and a gradient for each. */
class ModelsTest {
    /** A model with the size of its images and its number of parameters, by Keras or torchvision where they have it. */
    record Case(String name, long parameters, int channels, int side, Supplier<Layer> model) {
        @Override public String toString() { return name; }
    }

    static final List<Case> MODELS = List.of(
            new Case("mlp", 101_770, 1, 28, () -> Classifiers.mlp(10)),
            new Case("mnist-convnet", 34_826, 1, 28, () -> Classifiers.mnistConvnet(10)),
            new Case("mnist-cnn", 93_322, 1, 28, () -> Classifiers.mnistCnn(10)),
            new Case("batch-norm-cnn", 104_426, 1, 28, () -> Classifiers.batchNormCnn(1, 28, 10)),
            new Case("cifar-cnn", 167_562, 3, 32, () -> Classifiers.cifarCnn(10)),
            new Case("cifar-resnet18", 11_173_962, 3, 16, () -> new ResNet(ResNet.Config.CIFAR_RESNET18, 10)),
            new Case("resnet18", 11_689_512, 3, 64, () -> new ResNet(ResNet.Config.RESNET18, 1000)),
            new Case("resnet34", 21_797_672, 3, 64, () -> new ResNet(ResNet.Config.RESNET34, 1000)));

    @ParameterizedTest @FieldSource("MODELS")
    void everyParameterGetsAGradient(Case c) {
        Torch.seed(1);
        try (var model = c.model.get(); var _ = Scope.open()) {
            var logits = ((Unary) model).forward(Tensor.randn(2, c.channels, c.side, c.side));
            assertEquals(2, logits.size(0));
            new CrossEntropy().of(logits, Tensor.of(new long[] {1, 3})).backward();
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

    /** Weights by formula, and the logits that {@code src/test/python/models.py} prints for them, by torchvision. */
    @Test void resNetComputesWhatTorchvisionComputes() {
        try (var model = new ResNet(ResNet.Config.CIFAR_RESNET18, 10); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.tensors().forEach(ModelsTest::fill);
            model.eval();
            float[] logits = model.forward(wave(0, 0, 1, 1, 3, 32, 32)).toFloats();
            assertArrayEquals(new float[] {0.24039785f, 0.39778554f, 0.48884092f, 0.51291101f, 0.49002577f, 0.44939547f,
                0.41444738f, 0.39152075f, 0.36755604f, 0.31782060f}, logits, 1e-5f);
        }
    }

    private static void fill(String name, Tensor t) {
        if (t.rank() == 0) return; // a count of batches
        double scale = t.rank() > 1 ? 0.4 / Math.sqrt((double) t.numel() / t.size(0)) : 0.1;
        boolean factor = name.endsWith("running_var") || t.rank() == 1 && name.endsWith("weight");
        t.copy_(wave(name.length(), factor ? 1 : 0, scale, t.shape()));
    }

    private static Tensor wave(double offset, double shift, double scale, long... shape) {
        var values = new float[(int) Shapes.numel(shape)];
        for (int i = 0; i < values.length; i++) values[i] = (float) (Math.sin(i * 0.7 + offset) * scale + shift);
        return Tensor.of(values, shape);
    }

    @Test void stagesAreChecked() {
        var error = assertThrows(IllegalArgumentException.class,
                () -> new ResNet.Config(List.of(2, 2, 2), true));
        assertEquals("ResNet.Config.blocks: expected four stages of at least one block. Received [2, 2, 2]",
                error.getMessage());
    }
}
