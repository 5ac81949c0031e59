package dev.merapi.vision.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Beside torchvision's: {@code src/test/python/videos.py} wrote what is expected. */
class VideoResNetTest {
    private static final double TOLERANCE = 1e-7; // of the largest number, in float64

    @ParameterizedTest @CsvSource({"r3d_18,FULL", "mc3_18,MIXED", "r2plus1d_18,FACTORED"})
    void namesAndShapesAreTorchvisions(String name, VideoResNet.Kind kind) throws IOException {
        try (var _ = Torch.on(Device.META); var model = model(kind);
                var stored = VideoResNetTest.class.getResourceAsStream("/models/" + name + ".txt")) {
            assertEquals(new String(stored.readAllBytes()).strip(), model.tensors().entrySet().stream()
                    .map(e -> e.getKey() + " " + Shapes.toString(e.getValue().shape())).sorted()
                    .collect(Collectors.joining("\n")));
        }
    }

    @ParameterizedTest @CsvSource({"r3d_18,FULL", "mc3_18,MIXED", "r2plus1d_18,FACTORED"})
    void valuesAreTorchvisions(String name, VideoResNet.Kind kind) throws IOException {
        JsonNode expected;
        try (var in = VideoResNetTest.class.getResourceAsStream("/models/" + name + ".json")) {
            expected = new ObjectMapper().readTree(in);
        }
        long live = Scope.live();
        try (var model = Noise.model(() -> model(kind)); var _ = Scope.open()) {
            model.eval();
            Tensor x = Noise.of("input", 1, 3, 4, 32, 32).requiresGrad_(true);
            Tensor logits = model.forward(x);
            assertNumbers(expected.get("logits"), logits);
            logits.mul(Noise.of("loss", logits.shape())).sum().backward();
            for (var gradient : expected.get("gradients").properties()) {
                Tensor of = gradient.getKey().equals("input") ? x : model.params().get(gradient.getKey());
                double sum = gradient.getValue().asDouble();
                assertEquals(sum, of.grad().abs().sum().item(), TOLERANCE * sum, gradient.getKey());
            }
            model.train();
            try (var _ = Torch.noGrad()) {
                var training = expected.get("training");
                assertNumbers(training.get("logits"), model.forward(Noise.of("input", 2, 3, 4, 32, 32)));
                assertEquals(training.get("means").asDouble(), sum(model, "running_mean"), TOLERANCE * 1000);
                assertEquals(training.get("variances").asDouble(), sum(model, "running_var"), TOLERANCE * 10_000);
            }
        }
        assertTrue(Scope.live() <= live, Scope.live() + " tensors live, " + live + " before");
    }

    private static double sum(Layer model, String what) {
        return model.tensors().entrySet().stream().filter(e -> e.getKey().endsWith(what))
                .mapToDouble(e -> e.getValue().abs().sum().item()).sum();
    }

    private static VideoResNet model(VideoResNet.Kind kind) {
        return new VideoResNet(new VideoResNet.Config(kind, List.of(2, 2, 2, 2), 64), 5);
    }

    private static void assertNumbers(JsonNode expected, Tensor actual) {
        double[] numbers = actual.flatten().toDoubles();
        for (int i = 0; i < expected.size(); i++) {
            double number = expected.get(i).asDouble();
            assertEquals(number, numbers[i], TOLERANCE * (1 + Math.abs(number)), "number " + i);
        }
    }

    @Test void anLstmReadsPicturesInOrder() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var model = new FrameLstm(new ResNet(ResNet.Config.RESNET20, 10), 8, 3);
            model.eval();
            Tensor clip = Tensor.randn(2, 3, 5, 16, 16);
            Tensor logits = model.forward(clip);
            assertEquals("float32 (2, 3) cpu", logits.detach().describe());
            Tensor backwards = model.forward(clip.flip(2));
            assertTrue(logits.sub(backwards).abs().max().item() > 1e-4, "order counts");
            assertTrue(logits.narrow(0, 1, 1).sub(model.forward(clip.narrow(0, 1, 1))).abs().max().item() < 1e-5);
            assertTrue(model.tensors().containsKey("backbone.layer1.0.conv1.weight"));
            assertTrue(model.tensors().keySet().stream().noneMatch(name -> name.startsWith("backbone.fc")));
            model.close();
        }
    }

    @Test void settingsAreChecked() {
        var e = assertThrows(IllegalArgumentException.class,
                () -> new VideoResNet.Config(VideoResNet.Kind.FULL, List.of(2, 0), 8));
        assertTrue(e.getMessage().contains("stages of at least one block"), e.getMessage());
    }
}
