package dev.merapi.nn;

import dev.merapi.internal.Processor;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ManyRowsTest {
    private static final int IN = 256;
    private static final int OUT = 300;

    @BeforeEach void seed() { Torch.seed(1); }

    @Test void valuesAndGradientsAreThoseOfTheProduct() {
        try (var _ = Scope.open()) {
            agree(leaf(4, 64, IN), leaf(OUT));
            agree(leaf(4, 64, IN), null);
            agree(leaf(3, 77, 2, IN).select(2, 0), leaf(OUT)); // 231 rows, not one behind the other
            agree(leaf(IN, 256).mT(), leaf(OUT));
        }
    }

    private static void agree(Tensor x, Tensor bias) {
        Tensor weight = leaf(OUT, IN);
        assertTrue(ManyRows.fits(x, weight));
        Tensor product = x.matmul(weight.mT());
        Tensor expected = bias == null ? product : product.add(bias);
        Tensor actual = ManyRows.linear(x, weight, bias);
        assertArrayEquals(expected.shape(), actual.shape());
        close(expected, actual);

        var inputs = bias == null ? List.of(x, weight) : List.of(x, weight, bias);
        Tensor above = Tensor.randn(expected.shape());
        List<Tensor> wanted = Tensor.grad(List.of(expected.mul(above).sum()), inputs, false);
        List<Tensor> found = Tensor.grad(List.of(actual.mul(above).sum()), inputs, false);
        for (int i = 0; i < wanted.size(); i++) close(wanted.get(i), found.get(i));
    }

    @Test void gradientsCanBeDifferentiatedAgain() {
        try (var _ = Scope.open()) {
            Tensor x = leaf(256, IN);
            Tensor weight = leaf(OUT, IN);
            close(curvature(x, weight, x.matmul(weight.mT())), curvature(x, weight, ManyRows.linear(x, weight, null)));
        }
    }

    /** The gradient by the weight of the squared gradient by x. */
    private static Tensor curvature(Tensor x, Tensor weight, Tensor y) {
        Tensor first = Tensor.grad(List.of(y.square().mean()), List.of(x), true).getFirst();
        return Tensor.grad(List.of(first.mul(1000).square().sum()), List.of(weight), false).getFirst();
    }

    @Test void aParameterReceivesAGradientThatLiesAsItDoes() {
        try (var _ = Scope.open(); var layer = new Linear(IN, OUT)) {
            ManyRows.linear(Tensor.randn(256, IN), layer.weight, layer.bias).sum().backward();
            assertTrue(layer.weight.grad().isContiguous());
            assertArrayEquals(layer.weight.shape(), layer.weight.grad().shape());
        }
    }

    @Test void itIsLeftWhereItWouldBeWrongOrSlow() {
        try (var _ = Scope.open()) {
            Tensor weight = Tensor.randn(OUT, IN);
            Tensor x = Tensor.randn(256, IN);
            assertTrue(ManyRows.fits(x, weight));
            assertFalse(ManyRows.fits(Tensor.randn(127, IN), Tensor.randn(1000, IN)), "few rows");
            assertFalse(ManyRows.fits(Tensor.randn(256, 64), Tensor.randn(64, 64)), "a small product");
            assertFalse(ManyRows.fits(x, Tensor.randn(IN, OUT).mT()), "a weight that would be copied");
            assertFalse(ManyRows.fits(x.to(DType.FLOAT64), weight.to(DType.FLOAT64)));
            assertFalse(ManyRows.fits(x, Tensor.randn(OUT, IN / 2)));
            try (var _ = Torch.autocast(Device.CPU, DType.BFLOAT16)) {
                assertFalse(ManyRows.fits(x, weight));
                assertEquals(DType.BFLOAT16, F.linear(x, weight, null).dtype());
            }
        }
    }

    /** Never by a clock: what a run computes must not change from one start to the next. */
    @Test void theProcessorDecides() {
        var zen5 = new Processor("AuthenticAMD", 26);
        assertTrue(ManyRows.isMuchFaster(zen5, "AVX512", ""));
        assertTrue(ManyRows.isMuchFaster(zen5, "AVX512", "AVX512_CORE_BF16"));
        assertFalse(ManyRows.isMuchFaster(zen5, "AVX512", "AVX2"), "oneDNN is kept to AVX2");
        assertFalse(ManyRows.isMuchFaster(zen5, "AVX512", "sse41"));
        assertFalse(ManyRows.isMuchFaster(zen5, "DEFAULT", ""), "libtorch is kept from AVX-512");
        assertFalse(ManyRows.isMuchFaster(new Processor("AuthenticAMD", 25), "AVX512", ""), "AVX-512 in two halves");
        assertFalse(ManyRows.isMuchFaster(new Processor("GenuineIntel", 6), "AVX512", ""), "MKL uses it");
        assertFalse(ManyRows.isMuchFaster(new Processor("", 0), "AVX512", ""));
    }

    @Test void otherSizesAreRefused() {
        try (var _ = Scope.open()) {
            assertThrows(IllegalArgumentException.class,
                    () -> F.linear(Tensor.randn(256, 2 * IN), Tensor.randn(OUT, IN), null));
        }
    }

    private static Tensor leaf(long... shape) { return Tensor.randn(shape).requiresGrad_(true); }

    private static void close(Tensor expected, Tensor actual) {
        assertTrue(expected.allClose(actual, 1e-4, 1e-3), () -> expected.sub(actual).abs().max().toString());
    }
}
