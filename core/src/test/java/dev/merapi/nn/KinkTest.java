package dev.merapi.nn;

import dev.merapi.loss.Huber;
import dev.merapi.loss.Mae;
import dev.merapi.loss.SmoothL1;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** Where a function has no slope, it has PyTorch's. */
class KinkTest {
    /** A function, the places of its kinks, and the gradients there. */
    private record Kinks(UnaryOperator<Tensor> function, float[] places, float[] slopes) {}

    /**
     * <pre>{@code
     * x = torch.tensor([0., 6.], requires_grad=True)      # PyTorch 1.13
     * torch.nn.functional.relu6(x).sum().backward()
     * print(x.grad)
     * }</pre>
     */
    private static final Map<String, Kinks> FUNCTIONS = Map.ofEntries(
            Map.entry("relu", at(Tensor::relu, 0, 0)),
            Map.entry("relu6", at(F::relu6, 0, 0, 6, 0)),
            Map.entry("leakyRelu", at(x -> F.leakyRelu(x, 0.2), 0, 0.2f)),
            Map.entry("prelu", at(x -> F.prelu(x, Tensor.of(new float[] {0.25f})), 0, 0.25f)),
            Map.entry("elu", at(x -> F.elu(x, 0.5), 0, 0.5f)),
            Map.entry("selu", at(F::selu, 0, 1.7580993f)),
            Map.entry("celu", at(x -> F.celu(x, 0.5), 0, 1)),
            Map.entry("hardtanh", at(x -> F.hardtanh(x, -1, 1), -1, 0, 1, 0)),
            Map.entry("hardsigmoid", at(F::hardsigmoid, -3, 0, 3, 0)),
            Map.entry("softshrink", at(x -> F.softshrink(x, 0.5), -0.5f, 0, 0.5f, 0)),
            Map.entry("hardshrink", at(x -> F.hardshrink(x, 0.5), -0.5f, 0, 0.5f, 0)),
            Map.entry("threshold", at(x -> F.threshold(x, 1, 7), 1, 0)),
            Map.entry("softsign", at(F::softsign, 0, 1)),
            Map.entry("softplus", at(x -> F.softplus(x, 1, 20), 20, 1)),
            Map.entry("abs", at(Tensor::abs, 0, 0)),
            Map.entry("norm", at(x -> x.norm(2, new long[] {1}, true), 0, 0)),
            Map.entry("clamp", at(x -> x.clamp(0, 6), 0, 1, 6, 1)),
            Map.entry("Mae", at(x -> new Mae().each(x, x.zerosLike()), 0, 0)),
            Map.entry("SmoothL1", at(x -> new SmoothL1().each(x, x.zerosLike()), -1, -1, 0, 0, 1, 1)),
            Map.entry("Huber", at(x -> new Huber().each(x, x.zerosLike()), -1, -1, 0, 0, 1, 1)));

    /** Pairs of place and slope. */
    private static Kinks at(UnaryOperator<Tensor> function, float... pairs) {
        var places = new float[pairs.length / 2];
        var slopes = new float[pairs.length / 2];
        for (int i = 0; i < places.length; i++) {
            places[i] = pairs[2 * i];
            slopes[i] = pairs[2 * i + 1];
        }
        return new Kinks(function, places, slopes);
    }

    @TestFactory Stream<DynamicTest> slopesArePyTorchs() {
        return FUNCTIONS.entrySet().stream().map(f -> DynamicTest.dynamicTest(f.getKey(), () -> check(f.getValue())));
    }

    private static void check(Kinks kinks) {
        try (var _ = Scope.open()) {
            var x = Tensor.of(kinks.places, kinks.places.length, 1).requiresGrad_(true);
            kinks.function.apply(x).sum().backward();
            assertArrayEquals(kinks.slopes, x.grad().toFloats(), 1e-6f);
        }
    }
}
