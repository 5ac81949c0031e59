package dev.merapi.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ModelFolderTest {
    @TempDir Path folder;

    private static Sequential net() { return new Sequential(new Linear(8, 16), new Linear(16, 4)); }

    private record Config(int hiddenSize, double dropout) {}

    @Test void aModelAndItsSettingsComeBack() {
        try (var saved = net(); var loaded = net(); var _ = Scope.open()) {
            ModelFolder.save(saved, new Config(16, 0.5), folder);
            assertEquals(Map.of("hidden_size", 16, "dropout", 0.5), ModelFolder.config(folder));
            assertEquals(ModelFolder.config(folder), ModelFolder.settings(new Config(16, 0.5)));
            assertEquals(new Config(16, 0.5), ModelFolder.config(folder, Config.class));
            ModelFolder.load(loaded, folder);
            var x = Tensor.randn(3, 8);
            assertTrue(saved.forward(x).sameAs(loaded.forward(x)));
        }
    }

    @Test void whatAFileLeavesOutIsTheDefault() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"hidden_size\": 32, \"dropout\": null, \"other\": [1]}");
        assertEquals(new Config(32, 0.5), ModelFolder.config(folder, new Config(16, 0.5)));
        Files.writeString(folder.resolve("config.json"), "{\"hidden_size\": \"wide\"}");
        String message = assertThrows(IllegalArgumentException.class,
                () -> ModelFolder.config(folder, new Config(16, 0.5))).getMessage();
        assertTrue(message.startsWith(folder.resolve("config.json") + ": hidden_size: "), message);
    }

    @Test void theFolderSaysWhatMadeIt() throws IOException {
        try (var net = net()) {
            ModelFolder.save(net, Map.of("hidden_size", 16), folder, Provenance.of("{\"a\":1}", "ab12", 7L), 520);
            var origin = Provenance.from(Weights.open(folder).metadata());
            assertEquals("{\"a\":1}", origin.config());
            assertEquals("ab12", origin.data());
            assertEquals(7, origin.seed());
            assertEquals(Torch.version(), origin.libtorch());
            assertTrue(origin.merapi().matches("\\d+\\.\\d+.*|unknown"), origin.merapi());
            assertTrue(Duration.between(origin.created(), Instant.now()).toMinutes() < 5);
            String card = Files.readString(folder.resolve("README.md"));
            assertTrue(card.contains("`Sequential` with 212 parameters"), card);

            Files.writeString(folder.resolve("README.md"), "mine");
            ModelFolder.save(net, Map.of(), folder);
            assertEquals("mine", Files.readString(folder.resolve("README.md")), "the author's card stays");
        }
    }

    /** The value of FIPS 180-2, appendix B.1. */
    @Test void dataIsHashed() throws IOException {
        Path data = Files.writeString(folder.resolve("data"), "abc");
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Provenance.sha256(data));
    }

    @Test void aLargeModelIsSplitAndASmallOneReplacesIt() throws IOException {
        try (var large = net(); var loaded = net(); var small = net(); var _ = Scope.open()) {
            var origin = Provenance.of(null, null, null);
            ModelFolder.save(large, Map.of(), folder, origin, 520); // bytes: 512 + 64 + 256 + 16
            assertEquals(Set.of("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                    "model.safetensors.index.json", "config.json", "README.md"), names());
            var index = new ObjectMapper().readTree(folder.resolve("model.safetensors.index.json").toFile());
            assertEquals(848, index.at("/metadata/total_size").asInt());
            ModelFolder.load(loaded, folder);
            var x = Tensor.randn(3, 8);
            assertTrue(large.forward(x).sameAs(loaded.forward(x)));

            ModelFolder.save(small, Map.of(), folder, origin, 520);
            assertEquals(Set.of("model-2-00001-of-00002.safetensors", "model-2-00002-of-00002.safetensors",
                    "model.safetensors.index.json", "config.json", "README.md"), names());
            ModelFolder.load(loaded, folder);
            assertTrue(small.forward(x).sameAs(loaded.forward(x)));

            ModelFolder.save(large, Map.of(), folder);
            assertEquals(Set.of("model.safetensors", "config.json", "README.md"), names());
            ModelFolder.load(loaded, folder);
            assertTrue(large.forward(x).sameAs(loaded.forward(x)));
        }
    }

    private Set<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test void missingOrBrokenSettingsAreNamed() throws IOException {
        Path file = folder.resolve("config.json");
        var missing = assertThrows(UncheckedIOException.class, () -> ModelFolder.config(folder));
        assertTrue(missing.getMessage().startsWith("Could not read " + file), missing.getMessage());
        Files.writeString(file, "{\"a\":\n x}");
        assertTrue(refusal().startsWith(file + ":2:"), refusal());
        Files.writeString(file, "{\"hidden_size\": 16, \"architectures\": []}");
        assertEquals(file + ": dropout: expected a value. Received none", refusal());
        Files.writeString(file, "{\"hidden_size\": \"large\", \"dropout\": 0.5}");
        assertEquals(file + ": hidden_size: expected an integer. Received \"large\"", refusal());
    }

    @Test void hostileSettingsAreNamed() throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, "{\"hidden_size\": 16, \"hidden_size\": 32, \"dropout\": 0.5}");
        assertTrue(refusal().startsWith(file + ":") && refusal().contains("Duplicate field 'hidden_size'"), refusal());
        Files.writeString(file, "{\"a\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}");
        assertTrue(refusal().startsWith(file + ":") && refusal().contains("nesting depth (201)"), refusal());
        Files.writeString(file, "{\"hidden_size\":" + "9".repeat(2_000) + "}");
        assertTrue(refusal().startsWith(file + ":"), refusal());
        Files.writeString(file, "null");
        assertEquals(file + ": expected a JSON object {…}. Received null.", refusal());
        for (String other : List.of("[1]", "", "5", "{} x")) {
            Files.writeString(file, other);
            assertTrue(refusal().startsWith(file + ":"), refusal());
        }
        Files.write(file, "{\"a\":1}".getBytes(StandardCharsets.UTF_16));
        assertEquals(file + ": expected text in UTF-8. Received other bytes.", refusal());
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, () -> ModelFolder.config(folder, Config.class))
                .getMessage();
    }
}
