package dev.merapi.io;

import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChangesTest {
    @TempDir private Path folder;

    /** Linear layers with other numbers of inputs and outputs. */
    public static final class Widened implements Change.Kind {
        @Override public String name() { return "widened"; }

        @Override public Layer make(Layer layer, Map<String, Object> settings) {
            int in = (int) layer.params().get("weight").size(1);
            return new Linear((int) settings.getOrDefault("in", in), (int) settings.get("out"));
        }
    }

    private static Sequential model() {
        return new Sequential(new Linear(3, 4), new Relu(), new Sequential(new Linear(4, 5), new Linear(5, 2)));
    }

    private static Sequential changed() {
        var model = model();
        model.replace((path, layer) -> switch (path) {
            case "2.0" -> new Change("widened", Map.of("out", 7)).make(layer);
            case "2.1" -> new Change("widened", Map.of("in", 7, "out", 3)).mark(layer, new Linear(7, 3));
            default -> layer;
        });
        return model;
    }

    @Test void aModelThatWasChangedIsChangedAgainWhenItsWeightsAreLoaded() {
        Path file = folder.resolve("a.safetensors");
        try (var _ = Scope.open()) {
            var model = changed();
            model.replace((path, layer) -> path.equals("2.1")
                    ? new Change("widened", Map.of("out", 2)).make(layer) : layer); // once more
            Safetensors.save(model, file, Map.of("by", "me"));
            var again = model();
            var wide = again.layers().get("2.1");
            Safetensors.load(again, file);
            Tensor x = Tensor.randn(6, 3);
            assertArrayEquals(model.forward(x).toFloats(), again.forward(x).toFloats());
            assertEquals(2, again.layers().get("2.1").changes().size());
            assertTrue(wide.changes().isEmpty());
            assertEquals(model.layers().get("2.1").changes(), again.layers().get("2.1").changes());
            Safetensors.load(again, file); // what has the changes already
            assertArrayEquals(model.forward(x).toFloats(), again.forward(x).toFloats());
            assertEquals("me", Weights.open(file).metadata().get("by"));
        }
    }

    @Test void aModelFolderKeepsChangesAndBuildsWithoutMemory() {
        record Config(int size) { }
        try (var _ = Scope.open()) {
            var model = changed();
            ModelFolder.save(model, new Config(3), folder.resolve("m"));
            var again = ModelFolder.buildEmpty(folder.resolve("m"), ChangesTest::model);
            ModelFolder.load(again, folder.resolve("m"));
            Tensor x = Tensor.randn(2, 3);
            assertArrayEquals(model.forward(x).toFloats(), again.forward(x).toFloats());
        }
    }

    @Test void metadataOfAnotherModelIsNotKept() {
        try (var _ = Scope.open()) {
            var with = Changes.with(Map.of("format", "pt"), changed());
            assertTrue(with.get("changes").contains("\"2.0\":[{\"kind\":\"widened\",\"settings\":{\"out\":7}}]"),
                    with.toString());
            assertEquals(Map.of("format", "pt"), Changes.with(with, model()));
        }
    }

    @Test void whatDoesNotFitIsSaid() {
        Path file = folder.resolve("b.safetensors");
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Safetensors.save(changed(), file);
            var other = assertThrows(IllegalArgumentException.class,
                    () -> Safetensors.load(new Sequential(new Linear(3, 4)), file));
            assertTrue(other.getMessage().contains("b.safetensors: expected a model with the layer 2.0"),
                    other.getMessage());
            var otherwise = changed();
            otherwise.replace((path, layer) -> path.equals("2.0")
                    ? new Change("widened", Map.of("out", 9)).mark(layer, new Linear(4, 9)) : layer);
            var twice = assertThrows(IllegalArgumentException.class, () -> Safetensors.load(otherwise, file));
            assertTrue(twice.getMessage().contains("2.0: expected a layer as it was built"), twice.getMessage());
            Safetensors.write(file, model().tensors(), Map.of("changes", "{\"0\": [{\"kind\": \"unknown\"}]}"));
            var unknown = assertThrows(IllegalArgumentException.class, () -> Safetensors.load(model(), file));
            assertTrue(unknown.getMessage().contains("expected"), unknown.getMessage());
            Safetensors.write(file, model().tensors(), Map.of("changes", "[1"));
            var broken = assertThrows(IllegalArgumentException.class, () -> Safetensors.load(model(), file));
            assertTrue(broken.getMessage().contains("expected as metadata changes lists"), broken.getMessage());
        }
    }
}
