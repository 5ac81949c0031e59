package dev.merapi.speech;

import dev.merapi.io.SafetensorsFile;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What programs in {@code src/test/python} computed with PyTorch. */
public record Goldens(SafetensorsFile file) {
    public static Goldens open(String name) {
        return new Goldens(SafetensorsFile.open(resource("/goldens/" + name + ".safetensors")));
    }

    public static Path resource(String name) {
        try {
            return Path.of(Goldens.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public Tensor tensor(String key) { return file.tensor(key); }

    public Map<String, Tensor> under(String prefix) {
        var tensors = new LinkedHashMap<String, Tensor>();
        file.names().stream().filter(key -> key.startsWith(prefix))
                .forEach(key -> tensors.put(key.substring(prefix.length()), file.tensor(key)));
        return tensors;
    }

    /** Gives a layer the weights behind a prefix: all of them, and each of the layer's. */
    public <L extends Layer> L load(String prefix, L layer) {
        try (var _ = Scope.open()) {
            Weights.of(under(prefix)).loadInto(layer);
        }
        return layer;
    }

    public static void assertClose(Tensor expected, Tensor actual, double tolerance, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        assertTrue(expected.allClose(actual, tolerance, tolerance),
                () -> what + ": differs by " + expected.sub(actual).abs().max().item());
    }
}
