package dev.merapi.tensor;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

class ReductionTest {
    @Test void amaxAndAminReduceTheGivenDimensions() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new float[] {1, 5, 3, -2, 0, 7}, 2, 3);
            assertArrayEquals(new float[] {5, 7}, x.amax(1).toFloats());
            assertArrayEquals(new float[] {1, 5, 7}, x.amax(0).toFloats());
            assertArrayEquals(new float[] {1, -2}, x.amin(-1).toFloats());
            assertArrayEquals(new float[] {-2}, x.amin(0, 1).toFloats());
            assertArrayEquals(new long[] {2, 1}, x.amax(new long[] {1}, true).shape());
        }
    }
}
