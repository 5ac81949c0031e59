package dev.merapi.tensor;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

class TorchTest {
    @Test void aSeedRepeatsRandomNumbers() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var first = Tensor.randn(10).toFloats();
            Torch.seed(2);
            assertFalse(Arrays.equals(first, Tensor.randn(10).toFloats()));
            Torch.seed(1);
            assertArrayEquals(first, Tensor.randn(10).toFloats());
        }
    }

    /** An odd count of normal numbers leaves the second of a pair in the generator: it is part of the state. */
    @Test void theStateOfTheGeneratorIsExact() {
        try (var _ = Scope.open()) {
            Tensor.randn(3);
            var state = Torch.rngState();
            var expected = draw();
            draw();
            Torch.rngState(state);
            assertArrayEquals(expected, draw());
        }
    }

    private static double[] draw() {
        return Tensor.cat(List.of(Tensor.randn(5).to(DType.FLOAT64), Tensor.randperm(20).to(DType.FLOAT64),
                Tensor.rand(33).to(DType.FLOAT64)), 0).toDoubles();
    }

    @Test void aWrongStateIsRefused() {
        try (var _ = Scope.open()) {
            var error = assertThrows(IllegalArgumentException.class, () -> Torch.rngState(Tensor.zeros(8)));
            assertEquals("Torch.rngState: expected a state of at least 5056 bytes, as Torch.rngState() returns."
                    + " Received float32 (8) cpu", error.getMessage());
        }
    }

    @Test void autocastRunsProductsInTheSmallTypeAndTrainsFloat32() {
        try (var _ = Scope.open()) {
            var w = Tensor.randn(4, 4).requiresGrad_(true);
            var x = Tensor.randn(2, 4);
            Tensor product;
            try (var _ = Torch.autocast(Device.CPU, DType.BFLOAT16)) {
                product = x.matmul(w);
                assertEquals(DType.BFLOAT16, product.dtype());
                assertEquals(DType.FLOAT32, x.add(1).dtype());
                try (var _ = Torch.autocast(Device.CPU, DType.FLOAT16)) {
                    assertEquals(DType.FLOAT16, x.matmul(w).dtype());
                }
                assertEquals(DType.BFLOAT16, x.matmul(w).dtype());
                try (var _ = Torch.autocast(Device.CPU, DType.FLOAT32)) {
                    assertEquals(DType.FLOAT32, x.matmul(w).dtype());
                }
                assertEquals(DType.BFLOAT16, x.matmul(w).dtype());
            }
            assertEquals(DType.FLOAT32, x.matmul(w).dtype());
            product.sum().backward();
            assertEquals(DType.FLOAT32, w.grad().dtype());
        }
    }

    /** Converted weights are cached inside, so a step that changes them must not see the old ones. */
    @Test void autocastForgetsConvertedWeights() {
        try (var _ = Scope.open()) {
            var w = Tensor.ones(1, 1).requiresGrad_(true);
            var x = Tensor.ones(1, 1);
            for (int step = 1; step <= 3; step++) {
                try (var _ = Torch.autocast(Device.CPU, DType.BFLOAT16)) {
                    assertEquals(step, x.matmul(w).item());
                }
                try (var _ = Torch.noGrad()) {
                    w.add_(1);
                }
            }
        }
    }

    @Test void autocastRefusesOtherTypes() {
        var error = assertThrows(IllegalArgumentException.class, () -> Torch.autocast(Device.CPU, DType.INT8));
        assertEquals("Torch.autocast: expected float16, bfloat16 or float32. Received int8", error.getMessage());
    }

    @Test void threadsAreAtLeastOne() {
        var error = assertThrows(IllegalArgumentException.class, () -> Torch.threads(0));
        assertEquals("Torch.threads: expected at least 1. Received 0.", error.getMessage());
    }
}
