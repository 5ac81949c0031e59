package dev.merapi.text.model;

import dev.merapi.io.SafetensorsFile;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model of {@code src/test/python/transformers_goldens.py}, with what transformers says of it. */
record TransformersGoldens(Path folder, SafetensorsFile expected) {
    static TransformersGoldens of(String name) {
        try {
            Path folder = Path.of(TransformersGoldens.class.getResource("/transformers/" + name).toURI());
            return new TransformersGoldens(folder, SafetensorsFile.open(folder.resolve("expected.safetensors")));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    Tensor tensor(String key) { return expected.tensor(key); }

    /** Inputs (B, T), filled up at the end. */
    Tensor ids() { return tensor("ids"); }

    /** Bool (B, T), false at fill. */
    Tensor mask() { return Tensor.arange(ids().size(1)).unsqueeze(0).lt(tensor("lengths").unsqueeze(1)); }

    /** The inputs without fill. */
    List<long[]> inputs() {
        long[] lengths = tensor("lengths").toLongs();
        return IntStream.range(0, lengths.length)
                .mapToObj(row -> Arrays.copyOf(ids().select(0, row).toLongs(), (int) lengths[row])).toList();
    }

    /** What transformers wrote after each input. */
    List<long[]> texts(String way) {
        return IntStream.range(0, inputs().size()).mapToObj(row -> tensor(way + "." + row).toLongs()).toList();
    }

    /** The norm of every parameter's gradient is the expected one. */
    void assertGradients(Layer model) {
        var params = model.params();
        var names = expected.names().stream().filter(name -> name.startsWith("norm.")).toList();
        assertEquals(params.values().stream().distinct().filter(param -> param.grad() != null).count(), names.size());
        for (String name : names) {
            Tensor gradient = params.get(name.substring(5)).grad();
            assertClose(tensor(name), gradient.norm().reshape(1), name);
        }
    }

    void assertClose(Tensor expected, Tensor actual, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        assertEquals(DType.FLOAT32, actual.dtype());
        assertTrue(expected.allClose(actual, 1e-5, 1e-5), () -> folder.getFileName() + ", " + what + ": differs by "
                + expected.sub(actual).abs().max().item());
    }
}
