package dev.merapi.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TensorFormatTest {
    static Stream<Map.Entry<String, JsonNode>> goldens() throws IOException {
        try (var in = TensorFormatTest.class.getResourceAsStream("/goldens/printing.json")) {
            return new JsonMapper().readTree(in).get("cases").propertyStream().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void printsAsPyTorch(Map.Entry<String, JsonNode> golden) {
        try (var scope = Scope.open()) {
            var t = tensor(golden.getValue());
            int before = scope.size();
            assertEquals(golden.getValue().get("repr").asText(), t.toString());
            assertEquals(before, scope.size(), "printing leaves no tensor");
        }
    }

    @Test void complexNumbers() {
        try (var _ = Scope.open()) {
            var t = Tensor.call("complex", "", Tensor.of(new float[] {1, -2}), Tensor.of(new float[] {0.5f, -3}));
            assertEquals("tensor([ 1.+0.5000j, -2.-3.0000j])", t.toString());
            assertEquals("tensor(1.+0.5000j)", t.select(0, 0).toString());
        }
    }

    @Test void operationsAndTypesThatAreNotObviousAreNamed() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new float[] {0}).requiresGrad_(true);
            assertEquals("tensor([1.], grad_fn=<ExpBackward0>)", x.exp().toString());
            assertEquals("tensor([], dtype=torch.int64)", Tensor.empty(DType.INT64, 0).toString());
            assertEquals("tensor([], size=(2, 0), dtype=torch.bool)", Tensor.empty(DType.BOOL, 2, 0).toString());
        }
    }

    @Test void halvesRoundToEvenAndZeroKeepsItsSign() {
        try (var _ = Scope.open()) {
            assertEquals("tensor([0.0312, 0.0938, -0.0000])",
                    Tensor.of(new float[] {0.03125f, 0.09375f, -0f}).toString());
        }
    }

    @Test void aSuffixThatDoesNotFitGoesToTheNextLine() {
        try (var _ = Scope.open()) {
            var t = Tensor.of(IntStream.range(100, 113).toArray());
            assertEquals("tensor([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112],\n"
                    + "       dtype=torch.int32)", t.toString());
        }
    }

    @Test void aViewOfAnotherLayoutPrintsItsOwnOrder() {
        try (var _ = Scope.open()) {
            assertEquals("tensor([[0, 2],\n        [1, 3]])", Tensor.arange(4).view(2, 2).transpose(0, 1).toString());
        }
    }

    @Test void aClosedTensorSaysSo() {
        var t = Tensor.zeros(2);
        t.close();
        assertTrue(t.toString().contains("closed"), t.toString());
    }

    private static Tensor tensor(JsonNode golden) {
        double[] values = golden.get("values").valueStream().mapToDouble(TensorFormatTest::number).toArray();
        long[] shape = golden.get("shape").valueStream().mapToLong(JsonNode::asLong).toArray();
        var type = DType.valueOf(golden.get("dtype").asText().toUpperCase());
        var t = Tensor.of(values).reshape(shape).to(type);
        return golden.get("requires_grad").asBoolean() ? t.detach().requiresGrad_(true) : t;
    }

    /** JSON has no infinities and no NaN: they are text. */
    private static double number(JsonNode value) {
        return switch (value.asText()) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "true" -> 1;
            case "false" -> 0;
            default -> value.asDouble();
        };
    }
}
