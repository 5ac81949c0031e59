package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class TiledWeightTest {
    @BeforeEach void seed() { Torch.seed(1337); }

    @Test void valuesAreThoseOfTheWeight() {
        int threads = Torch.threads();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (int some : new int[] {1, 2, 3}) {
                Torch.threads(some);
                for (int out : new int[] {224, 301, 768, 1153}) {
                    var weight = new Param(Tensor.randn(out, 300));
                    var column = new Param(Tensor.randn(300, out));
                    Tensor bias = Tensor.randn(out);
                    for (Tensor x : new Tensor[] {Tensor.randn(1, 300), Tensor.randn(1, 1, 300)}) {
                        agree(F.linear(x, weight, bias), tiled(weight, false, x, bias));
                        agree(F.linear(x, weight, null), tiled(weight, false, x, null));
                        agree(F.linear(x, column.mT(), bias), tiled(column, true, x, bias));
                    }
                }
            }
        } finally {
            Torch.threads(threads);
        }
    }

    private static Tensor tiled(Param weight, boolean transposed, Tensor x, Tensor bias) {
        try (var tiles = new TiledWeight(weight, transposed)) {
            assumeSuits(tiles, x);
            return tiles.linear(x, bias);
        }
    }

    private static void assumeSuits(TiledWeight tiles, Tensor x) {
        assumeTrue(Torch.cpuCapability().startsWith("AVX512"), "no AVX-512");
        assertTrue(tiles.suits(x));
    }

    private static void agree(Tensor expected, Tensor actual) {
        assertArrayEquals(expected.shape(), actual.shape());
        assertTrue(expected.allClose(actual, 1e-4, 1e-4), () -> expected.sub(actual).abs().max().toString());
    }

    @Test void changedWeightsAreTiledAnew() {
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var layer = new Linear(256, 320)) {
            var tiles = new TiledWeight(layer.weight, false);
            Tensor x = Tensor.randn(1, 256);
            assumeSuits(tiles, x);
            agree(layer.forward(x), tiles.linear(x, layer.bias));
            layer.weight.mul_(2); // as an optimizer's step
            agree(layer.forward(x), tiles.linear(x, layer.bias));
            layer.weight.set(Tensor.randn(320, 256)); // as moving it
            agree(layer.forward(x), tiles.linear(x, layer.bias));
            long before = Scope.live();
            tiles.close();
            assertEquals(before - 4, Scope.live());
        }
    }

    @Test void aLayerUsesThemForOneVectorAlone() {
        try (var _ = Scope.open(); var layer = new Linear(256, 320)) {
            Tensor x = Tensor.randn(1, 256);
            Tensor rows = Tensor.randn(3, 256);
            Tensor one = layer.forward(x);
            Tensor three = layer.forward(rows);
            layer.tile(true);
            agree(three, layer.forward(rows));
            layer.forward(x).sum().backward();
            assertTrue(layer.weight.grad().abs().sum().item() > 0, "its operator has no gradient");
            try (var _ = Torch.inference()) {
                agree(one, layer.forward(x));
                long before = Scope.live();
                layer.tile(false);
                boolean tiled = Torch.cpuCapability().startsWith("AVX512");
                assertEquals(tiled ? before - 4 : before, Scope.live());
                agree(one, layer.forward(x));
            }
        }
    }

    @Test void theyAreLeftWhereTheyWouldBeWrongOrSlow() {
        try (var _ = Scope.open()) {
            var tiles = new TiledWeight(new Param(Tensor.randn(320, 256)), false);
            Tensor x = Tensor.randn(1, 256);
            assertFalse(tiles.suits(x), "its operator has no gradient");
            try (var _ = Torch.noGrad()) {
                assertFalse(tiles.suits(Tensor.randn(2, 256)), "two vectors");
                assertFalse(tiles.suits(x.to(DType.FLOAT64)));
                assertFalse(new TiledWeight(new Param(Tensor.randn(8, 256)), false).suits(x), "a small weight");
            }
        }
    }
}
