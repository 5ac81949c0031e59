package dev.merapi.text.model.bert;

import dev.merapi.io.SafetensorsFile;
import dev.merapi.io.Weights;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** What {@code src/test/python/bert_goldens.py} computed with PyTorch, and the settings of its encoders. */
final class BertGoldens {
    static final List<String> FAMILIES = List.of("bert", "roberta", "distilbert");

    private static final SafetensorsFile FILE = open();

    private BertGoldens() {}

    private static SafetensorsFile open() {
        try {
            return SafetensorsFile.open(Path.of(BertGoldens.class.getResource("/goldens/bert.safetensors").toURI()));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static BertConfig config(String family) {
        boolean roberta = family.equals("roberta");
        int types = roberta ? 1 : family.equals("bert") ? 2 : 0;
        return new BertConfig(family, List.of(), 17, 8, 2, 2, 10, "gelu", 0, 0, roberta ? 12 : 10, types, 0.3,
                roberta ? 1e-5 : 1e-12, roberta ? 1 : 0, 0.0, "absolute", Map.of(0, "a", 1, "b", 2, "c"));
    }

    static Tokens tokens(String family) {
        return new Tokens(tensor(family + "/ids"), tensor(family + "/types"), tensor(family + "/mask").to(DType.BOOL));
    }

    static Tensor tensor(String key) { return FILE.tensor(key); }

    static boolean has(String key) { return FILE.names().contains(key); }

    /** The tensors {@code <prefix><name>} by name. */
    static Map<String, Tensor> tensors(String prefix) {
        var tensors = new LinkedHashMap<String, Tensor>();
        FILE.names().stream().filter(name -> name.startsWith(prefix))
                .forEach(name -> tensors.put(name.substring(prefix.length()), tensor(name)));
        return tensors;
    }

    static Weights weights(String familyAndHead) { return Weights.of(tensors(familyAndHead + "/param.")); }

    static void assertClose(String key, Tensor actual) { assertClose(tensor(key), actual, 1e-5, key); }

    static void assertClose(Tensor expected, Tensor actual, double tolerance, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        double worst = expected.to(DType.FLOAT64).sub(actual.detach().to(DType.FLOAT64)).abs()
                .sub(expected.to(DType.FLOAT64).abs().mul(tolerance)).max().item();
        assertEquals(true, worst < tolerance, what + ": differs by " + worst);
    }
}
