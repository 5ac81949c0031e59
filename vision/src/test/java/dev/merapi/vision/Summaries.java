package dev.merapi.vision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What {@code src/test/python/detection.py} wrote of torchvision's models. */
public final class Summaries {
    private Summaries() {}

    /** Names and shapes of a model's tensors. */
    public static void assertNames(String name, Layer model) throws IOException {
        try (var in = Summaries.class.getResourceAsStream("/detect/" + name + ".txt")) {
            String expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String actual = new TreeMap<>(model.tensors()).entrySet().stream()
                    .map(e -> e.getKey() + " " + Shapes.toString(e.getValue().shape()) + "\n")
                    .collect(Collectors.joining());
            assertEquals(expected, actual);
        }
    }

    /** The first numbers, the sum, and the sum of absolute values of each output. */
    public static void assertOutputs(String name, Map<String, Tensor> outputs) throws IOException {
        try (var in = Summaries.class.getResourceAsStream("/detect/" + name + ".json")) {
            JsonNode expected = new ObjectMapper().readTree(in);
            assertEquals(expected.size(), outputs.size());
            outputs.forEach((key, t) -> assertOutput(key, expected.get(key), t));
        }
    }

    private static void assertOutput(String key, JsonNode expected, Tensor t) {
        long numel = 1;
        for (JsonNode size : expected.get("shape")) numel *= size.asLong();
        assertEquals(numel, t.numel(), key);
        double absolute = expected.get("absolute").asDouble();
        double close = 1e-5 * absolute / numel;
        double[] values = t.toDoubles();
        for (int i = 0; i < expected.get("first").size(); i++) {
            assertEquals(expected.get("first").get(i).asDouble(), values[i], close, key + " at " + i);
        }
        assertEquals(expected.get("sum").asDouble(), t.sum().item(), 1e-6 * absolute, key);
        assertEquals(absolute, t.abs().sum().item(), 1e-6 * absolute, key);
    }
}
