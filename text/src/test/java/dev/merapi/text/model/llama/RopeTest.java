package dev.merapi.text.model.llama;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RopeTest {
    private record Case(Map<String, Object> scaling, long length, double factor, double[] frequencies) {}

    private record Cases(List<Case> cases) {}

    private static Rope rope(Map<String, Object> scaling) {
        return Rope.of(16, 500_000, RopeScaling.of(scaling, 4096));
    }

    /** Of short and long texts, as {@code src/test/python/transformers_goldens.py} had them from transformers. */
    @Test void frequenciesAreThoseOfTransformers() throws IOException {
        var file = getClass().getResourceAsStream("/transformers/ropes.json");
        var golden = new ObjectMapper().readValue(file, Cases.class);
        assertEquals(16, golden.cases().size());
        for (var expected : golden.cases()) {
            var actual = rope(expected.scaling()).of(expected.length());
            String what = expected.scaling() + ", " + expected.length();
            assertEquals(expected.factor(), actual.factor(), 1e-6, what);
            assertEquals(expected.frequencies().length, actual.perPosition().length);
            for (int i = 0; i < actual.perPosition().length; i++) {
                double frequency = expected.frequencies()[i]; // of float32
                assertEquals(frequency, actual.perPosition()[i], 2e-6 * frequency, what + ", pair " + i);
            }
        }
    }

    @Test void missingNumbersAreNamed() {
        assertMessage("expected a number factor. Received null", Map.of("type", "linear"));
        assertMessage("expected a number factor. Received null", Map.of("type", "dynamic"));
        assertMessage("expected a dynamic factor of at least 1. Received 0.0", Map.of("type", "dynamic", "factor", 0));
        assertMessage("expected 8 numbers short_factor. Received [1.0, 2.0]",
                Map.of("rope_type", "longrope", "short_factor", List.of(1.0, 2.0), "long_factor", List.of()));
    }

    private static void assertMessage(String expected, Map<String, Object> scaling) {
        assertEquals("LlamaConfig.rope_scaling: " + expected,
                assertThrows(IllegalArgumentException.class, () -> rope(scaling)).getMessage());
    }
}
