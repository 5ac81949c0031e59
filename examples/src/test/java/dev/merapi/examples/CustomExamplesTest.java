package dev.merapi.examples;

import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CustomExamplesTest {
    @TempDir Path folder;

    @Test void aCustomLayerLearns() throws Exception {
        var output = Program.output(CustomLayer::main);
        assertTrue(Program.last("accuracy", output) > 0.7, output);
        assertTrue(output.contains("3.reduce.weight, 3.reduce.bias, 3.expand.weight, 3.expand.bias"), output);
    }

    /** y = x · sigmoid(W₂ relu(W₁ mean(x) + b₁) + b₂), computed here in plain Java. */
    @Test void squeezeExcitationIsItsFormula() {
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var layer = new CustomLayer.SqueezeExcitation(2, 2)) {
            layer.reduce.params().get("weight").copy_(Tensor.of(new float[] {1, -1}, 1, 2));
            layer.reduce.params().get("bias").fill_(0.5);
            layer.expand.params().get("weight").copy_(Tensor.of(new float[] {1, -2}, 2, 1));
            layer.expand.params().get("bias").fill_(0);
            var y = layer.forward(Tensor.of(new float[] {1, 3, 0, 2}, 1, 2, 1, 2));
            double s = 2 - 1 + 0.5; // relu leaves it
            float[] expected = {(float) sigmoid(s), (float) (3 * sigmoid(s)), 0, (float) (2 * sigmoid(-2 * s))};
            assertArrayEquals(expected, y.toFloats(), 1e-6f);
        }
    }

    private static double sigmoid(double x) { return 1 / (1 + Math.exp(-x)); }

    @Test void aCustomDatasetIsLearnt() throws Exception {
        var output = Program.output(CustomDataset::main);
        assertTrue(Program.last("accuracy", output) > 0.95, output);
    }

    @Test void aTransformerTellsNovelsApart() throws Exception {
        var output = Program.output(TextTransformer::main);
        assertTrue(Program.last("accuracy", output) > 0.8, output);
    }

    @Test void aCustomMetricIsMeasured() throws Exception {
        var output = Program.output(CustomMetric::main);
        double accuracy = Program.last("accuracy", output);
        double confidence = Program.last("confidence", output);
        assertTrue(accuracy > 0.75 && confidence > 0.6 && confidence < 1, output);
    }

    @Test void confidenceIsTheMeanOfTheGreatestProbabilities() {
        try (var _ = Scope.open()) {
            var metric = new CustomMetric.Confidence();
            metric.update(Tensor.of(new float[] {0, 0, 0, 0}, 2, 2), null);
            metric.update(Tensor.of(new float[] {(float) Math.log(9), 0}, 1, 2), null);
            assertEquals((0.5 + 0.5 + 0.9) / 3, metric.value(), 1e-6);
        }
    }

    @Test void aCustomListenerEndsTheTraining() throws Exception {
        var output = Program.output(CustomListener::main);
        var accuracies = output.lines().filter(line -> line.startsWith("epoch"))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[3])).toArray();
        assertTrue(accuracies.length < 50, output);
        assertTrue(accuracies[accuracies.length - 1] >= 0.8, output);
        assertTrue(Arrays.stream(accuracies).limit(accuracies.length - 1).allMatch(a -> a < 0.8), output);
        assertTrue(output.contains("REQUESTED after " + accuracies.length * 157 + " steps"), output);
    }

    @Test void aLoadedModelIsTheSavedOne() throws Exception {
        var file = folder.resolve("fashion.safetensors");
        var output = Program.output(() -> SaveAndLoad.main(file.toString()));
        var lines = output.lines().toList();
        assertEquals(lines.get(0).replace("saved ", "loaded"), lines.get(1));
        assertTrue(Program.last("accuracy", output) > 0.7, output);
        assertEquals(Set.of("1.weight", "1.bias", "3.weight", "3.bias"), SafetensorsFile.open(file).names());
    }

    @Test void threadsAgree() throws Exception {
        assertEquals("2000 answers, equal to one thread's: true", Program.output(ThreadedInference::main).strip());
    }
}
