package dev.merapi.io;

import dev.merapi.Goldens;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WeightsTest {
    @TempDir Path folder;

    /** A linear map whose weight is used twice, as a language model's embedding is. */
    private static final class Tied extends Layer {
        final Linear first = new Linear(2, 2);
        final Param head = first.params().get("weight");
    }

    private static Sequential net() { return new Sequential(new Linear(3, 4), new Linear(4, 2)); }

    @Test void aFileOfPyTorchLoadsUnderItsPrefix() {
        Path file = Path.of("src/test/resources/goldens/layers.safetensors");
        try (var linear = new Linear(5, 7); var _ = Scope.open()) {
            var torch = Weights.open(file);
            torch.under("linear/param.").loadInto(linear);
            var y = linear.forward(torch.tensor("linear/in.0"));
            Goldens.assertClose(torch.tensor("linear/out"), y, 1e-5, 1e-6, "linear");
        }
    }

    @Test void aForgottenPrefixIsFound() {
        try (var net = net(); var _ = Scope.open()) {
            var tensors = new TreeMap<String, Tensor>();
            net.tensors().forEach((name, tensor) -> tensors.put("model." + name, tensor));
            tensors.put("head.weight", Tensor.ones(1));
            var error = assertThrows(IllegalArgumentException.class, () -> Weights.of(tensors).loadInto(net));
            assertTrue(error.getMessage().endsWith("All names of the model are there behind \"model.\": take them by"
                    + " Weights.under."), error.getMessage());
            Weights.of(tensors).under("model.").loadInto(net);
        }
    }

    @Test void oneMayAddToAnother() {
        try (var net = net(); var _ = Scope.open()) {
            var all = net.tensors();
            var body = Weights.of(all).renamed(name -> name.startsWith("0") ? name : null);
            var others = new TreeMap<>(Map.of("0.bias", Tensor.ones(4)));
            others.put("1.weight", Tensor.ones(2, 4));
            others.put("1.bias", Tensor.zeros(2));
            var both = body.or(Weights.of(others));
            assertEquals(all.keySet(), both.names());
            assertSame(all.get("0.bias"), both.tensor("0.bias"));
            assertEquals(8, both.tensor("1.weight").sum().item());
        }
    }

    @Test void namesAreChanged() {
        try (var net = net(); var other = net(); var _ = Scope.open()) {
            var old = new TreeMap<String, Tensor>();
            net.tensors().forEach((name, tensor) -> old.put(name.replace("weight", "kernel"), tensor));
            var renamed = Weights.of(old).renamed(name -> name.replace("kernel", "weight"));
            assertEquals(net.tensors().keySet(), renamed.names());
            renamed.loadInto(other);
            assertTrue(net.tensors().get("0.weight").sameAs(other.tensors().get("0.weight")));
            var error = assertThrows(IllegalArgumentException.class, () -> Weights.of(old).renamed(_ -> "x"));
            assertEquals("The map of tensors: expected one tensor for each new name. Received a second for x, the old "
                    + "0.kernel", error.getMessage());
        }
    }

    @Test void aTensorUsedTwiceIsSavedOnceAndLoadsFromEitherName() {
        Path file = folder.resolve("tied.safetensors");
        try (var saved = new Tied(); var loaded = new Tied(); var _ = Scope.open()) {
            Safetensors.save(saved, file);
            assertEquals(2, Weights.open(file).names().size(), "weight and bias");
            Safetensors.load(loaded, file);
            assertTrue(saved.head.sameAs(loaded.head));
            assertSame(loaded.head, loaded.tensors().get("first.weight"));

            var weight = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
            var bias = Tensor.zeros(2);
            Weights.of(Map.of("head", weight, "first.bias", bias)).loadInto(loaded);
            assertTrue(loaded.head.sameAs(weight));
            Weights.of(Map.of("head", weight, "first.weight", weight, "first.bias", bias)).loadInto(loaded);
            var untied = Map.of("head", weight, "first.weight", weight.add(1), "first.bias", bias);
            var error = assertThrows(IllegalArgumentException.class, () -> Weights.of(untied).loadInto(loaded));
            assertTrue(error.getMessage().contains("the same tensor in this model, received others"),
                    error.getMessage());
        }
    }

    @Test void numbersThatWouldChangeAreRefused() {
        try (var layer = new Linear(1, 1); var _ = Scope.open()) {
            var complex = Tensor.ones(DType.COMPLEX64, 1, 1);
            var error = assertThrows(IllegalArgumentException.class,
                    () -> Weights.of(Map.of("weight", complex, "bias", Tensor.ones(1))).loadInto(layer));
            assertTrue(error.getMessage().contains("unfit      weight: expected float32, received complex64"),
                    error.getMessage());
        }
    }

    @Test void theMemoryFormatOfTheLayerStays() {
        Path file = folder.resolve("conv.safetensors");
        try (var saved = new Conv2d(3, 8, 3); var loaded = new Conv2d(3, 8, 3); var _ = Scope.open()) {
            channelsLast(saved);
            channelsLast(loaded);
            Safetensors.save(saved, file);
            Safetensors.load(loaded, file);
            var weight = loaded.params().get("weight");
            assertTrue(weight.sameAs(saved.params().get("weight")));
            assertTrue(weight.isChannelsLast() && !weight.isContiguous(), "still channels last");
            assertTrue(SafetensorsFile.open(file).tensor("weight").isContiguous(), "row-major in the file");
        }
    }

    private static void channelsLast(Conv2d conv) {
        var weight = conv.params().get("weight");
        weight.set(weight.channelsLast());
    }

    @Test void anIndexDoesNotLeadOutOfItsFolder() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        for (String name : List.of("../secret.safetensors", "", ".", "..", "a\\\\b", "\\u0000", "\\ud800")) {
            Files.writeString(index, "{\"weight_map\":{\"a\":\"" + name + "\"}}");
            var message = assertThrows(IllegalArgumentException.class, () -> Weights.open(index)).getMessage();
            assertTrue(message.startsWith(index + ": expected the names of files beside it. Received \""), message);
        }
        Files.writeString(index, "{}");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Weights.open(index)).getMessage()
                .startsWith(index + ": expected a weight_map"));
    }
}
