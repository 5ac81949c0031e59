package dev.merapi.nn;

import dev.merapi.optim.Adam;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class PackedLinearTest {
    @BeforeEach void seed() { Torch.seed(1337); }

    @Test void valuesAreThoseOfTheLayers() {
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var a = new Linear(24, 7); var b = new Linear(24, 16)) {
            var both = new PackedLinear(a, b);
            for (Tensor x : List.of(Tensor.randn(3, 5, 24), Tensor.randn(1, 24), Tensor.randn(70, 24))) {
                assumeTrue(both.isUsable(x), "oneDNN is not in this build");
                Tensor expected = Tensor.cat(List.of(a.forward(x), b.forward(x)), -1);
                assertClose(expected, both.forward(x));
                for (var then : List.of(Activation.GELU, Activation.GELU_TANH, Activation.RELU, Activation.SILU)) {
                    assertClose(then.forward(expected), both.forward(x, then));
                }
            }
        }
    }

    @Test void itWorksWithoutABias() {
        try (var _ = Scope.open(); var layer = new Linear(8, 4, false); var _ = Torch.inference()) {
            var fast = new PackedLinear(layer);
            Tensor x = Tensor.randn(2, 8);
            assumeTrue(fast.isUsable(x), "oneDNN is not in this build");
            assertClose(layer.forward(x), fast.forward(x));
        }
    }

    @Test void changedWeightsArePackedAnew() {
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var layer = new Linear(8, 8)) {
            var fast = new PackedLinear(layer);
            Tensor x = Tensor.randn(2, 8);
            assumeTrue(fast.isUsable(x), "oneDNN is not in this build");
            fast.forward(x);
            long before = Scope.live();
            fast.close();
            assertTrue(Scope.live() <= before - 2);
            layer.weight.mul_(2); // as an optimizer's step
            assertClose(layer.forward(x), fast.forward(x));
            layer.bias.set(Tensor.ones(8)); // as moving it
            assertClose(layer.forward(x), fast.forward(x));
            layer.weight.copy_(Tensor.randn(8, 8)); // as loading
            assertClose(layer.forward(x), fast.forward(x));
        }
    }

    @Test void weightsAreThoseOfTheLastStep() {
        try (var _ = Scope.open(); var layer = new Linear(8, 8); var adam = new Adam(layer, 0.1)) {
            var fast = new PackedLinear(layer);
            Tensor x = Tensor.randn(2, 8);
            for (int step = 0; step < 2; step++) {
                try (var _ = Torch.inference()) {
                    assumeTrue(fast.isUsable(x), "oneDNN is not in this build");
                    assertClose(layer.forward(x), fast.forward(x));
                }
                layer.forward(x).square().mean().backward();
                adam.step();
            }
        }
    }

    @Test void itIsForInferenceInFloat32Alone() {
        try (var _ = Scope.open(); var layer = new Linear(8, 4)) {
            var fast = new PackedLinear(layer);
            assertFalse(fast.isUsable(Tensor.randn(2, 8)));
            try (var _ = Torch.noGrad()) {
                assertFalse(fast.isUsable(Tensor.randn(2, 8).to(DType.FLOAT64)));
                try (var _ = Hooks.listen(layer, _ -> { })) {
                    assertFalse(fast.isUsable(Tensor.randn(2, 8)));
                }
            }
            try (var _ = Torch.inference(); var made = new Linear(8, 4)) {
                assertFalse(new PackedLinear(made).isUsable(Tensor.randn(2, 8)));
            }
            var e = assertThrows(IllegalArgumentException.class,
                    () -> new PackedLinear(layer, new Linear(8, 4, false)));
            assertEquals("PackedLinear: expected layers with a bias, or without. Received both.", e.getMessage());
        }
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertTrue(expected.sub(actual).abs().max().item() < 1e-5, expected + " and " + actual);
    }
}
