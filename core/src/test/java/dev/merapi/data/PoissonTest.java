package dev.merapi.data;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PoissonTest {
    private static Dataset<Batch> numbers(int n) {
        try (var _ = Scope.open()) {
            return Dataset.of(Tensor.arange(n).unsqueeze(1), Tensor.arange(n));
        }
    }

    /** Each sample comes as often as chance has it, and batches vary as a binomial number does. */
    @Test void everySampleHasTheSameChance() {
        var counts = new int[200];
        double sum = 0, squares = 0;
        int batches = 0;
        try (var loader = Loader.of(numbers(200), 20).poisson(7)) {
            assertEquals(10, loader.batches());
            assertEquals(200, loader.samples());
            for (int epoch = 0; epoch < 200; epoch++) {
                for (var batch : loader) {
                    long[] rows = batch.y().toLongs();
                    assertEquals(rows.length, Arrays.stream(rows).distinct().count());
                    for (long row : rows) counts[(int) row]++;
                    sum += rows.length;
                    squares += rows.length * rows.length;
                    batches++;
                }
            }
        }
        double mean = sum / batches;
        assertEquals(20, mean, 0.5);
        assertEquals(200 * 0.1 * 0.9, squares / batches - mean * mean, 2);
        assertTrue(IntStream.of(counts).allMatch(n -> n > 130 && n < 270), Arrays.toString(counts)); // of 200 ± 13
    }

    @Test void aBatchMayBeEmpty() {
        try (var loader = Loader.of(numbers(4), 2).poisson(1)) {
            int empty = 0;
            for (int epoch = 0; epoch < 40; epoch++) {
                for (var batch : loader) {
                    if (batch.size() > 0) continue;
                    assertArrayEquals(new long[] {0, 1}, batch.x().shape());
                    empty++;
                }
            }
            assertTrue(empty > 0); // (1/2)⁴ of 80
        }
    }

    @Test void aPassGoesOnWhereItWas() {
        try (var loader = Loader.of(numbers(50), 10).poisson(3); var other = Loader.of(numbers(50), 10).poisson(3)) {
            long[] third = null;
            int i = 0;
            for (var batch : loader) if (i++ == 2) third = batch.y().toLongs();
            other.resume(new BatchSource.Position(0, 2));
            assertArrayEquals(third, other.iterator().next().y().toLongs());
            assertNotEquals(loader.plan(0), Loader.of(numbers(50), 10).plan(0));
        }
    }

    @Test void refusesWhatIsNoSampling() {
        assertEquals("Loader.poisson: expected a batch size from 2 to the 50 samples. Received 1.",
                assertThrows(IllegalArgumentException.class, () -> Loader.of(numbers(50), 1).poisson(3)).getMessage());
    }
}
