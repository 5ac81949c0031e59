package dev.merapi.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ModelFolderTest {
    @TempDir Path folder;

    private static Sequential net() { return new Sequential(new Linear(8, 16), new Linear(16, 4)); }

    @Test void aModelAndItsSettingsComeBack() {
        try (var saved = net(); var loaded = net(); var _ = Scope.open()) {
            ModelFolder.save(saved, Map.of("hidden_size", 16), folder);
            assertEquals(Map.of("hidden_size", 16), ModelFolder.config(folder));
            Weights.open(folder).loadInto(loaded);
            var x = Tensor.randn(3, 8);
            assertTrue(saved.forward(x).sameAs(loaded.forward(x)));
        }
    }

    @Test void aLargeModelIsSplitAndASmallOneReplacesIt() throws IOException {
        try (var large = net(); var loaded = net(); var small = net(); var _ = Scope.open()) {
            ModelFolder.save(large, Map.of(), folder, 520); // bytes: 512 + 64 + 256 + 16
            try (var files = Files.list(folder)) {
                assertEquals(4, files.count(), "two shards, the index, the settings");
            }
            var index = new ObjectMapper().readTree(folder.resolve("model.safetensors.index.json").toFile());
            assertEquals(848, index.at("/metadata/total_size").asInt());
            Weights.open(folder).loadInto(loaded);
            var x = Tensor.randn(3, 8);
            assertTrue(large.forward(x).sameAs(loaded.forward(x)));

            ModelFolder.save(small, Map.of(), folder);
            assertFalse(Files.exists(folder.resolve("model.safetensors.index.json")));
            Weights.open(folder).loadInto(loaded);
            assertTrue(small.forward(x).sameAs(loaded.forward(x)));
        }
    }

    @Test void missingOrBrokenSettingsAreNamed() throws IOException {
        var missing = assertThrows(UncheckedIOException.class, () -> ModelFolder.config(folder));
        assertTrue(missing.getMessage().startsWith("Could not read " + folder.resolve("config.json")));
        Files.writeString(folder.resolve("config.json"), "{\"a\":");
        assertThrows(UncheckedIOException.class, () -> ModelFolder.config(folder));
    }
}
