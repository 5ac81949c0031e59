package dev.merapi.vision.transform;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class CutMixTest {
    /** A rectangle of 2 by 2, of which a column lies outside, in images of 3 by 4. */
    @Test void labelsAreMixedByTheAreaThatIsSeen() {
        try (var _ = Scope.open()) {
            var x = Tensor.cat(List.of(Tensor.zeros(1, 1, 3, 4), Tensor.ones(1, 1, 3, 4)), 0);
            var mixed = CutMix.mix(new Batch(x, Tensor.eye(2)), 1, 4, 2, 2);
            assertArrayEquals(new float[] {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1},
                    mixed.x().toFloats());
            float kept = 10 / 12f;
            assertArrayEquals(new float[] {kept, 1 - kept, 1 - kept, kept}, mixed.y().toFloats(), 1e-6f);
            assertEquals(0, x.sum().item() - 12, "the batch is left as it is");
        }
    }

    /** What the labels say is what is seen, whatever is drawn. */
    @Test void theDataSetMixesByTheFirstSamplesGenerator() {
        try (var _ = Scope.open()) {
            var x = Tensor.cat(List.of(Tensor.zeros(1, 1, 8, 8), Tensor.ones(1, 1, 8, 8)), 0);
            var mixed = new CutMix(1, 2).on(Dataset.of(x, Tensor.of(new long[] {0, 1})));
            double sum = 0;
            for (int seed = 0; seed < 50; seed++) {
                var randoms = new RandomGenerator[] {new SplittableRandom(seed), new SplittableRandom(99)};
                Batch batch = mixed.batch(new int[] {0, 1}, randoms);
                double other = batch.y().select(0, 0).select(0, 1).item();
                assertEquals(other, batch.x().select(0, 0).mean().item(), 1e-6);
                sum += other;
            }
            assertEquals(0.35, sum / 50, 0.15);
            assertArrayEquals(new float[] {0, 1}, mixed.get(1).y().toFloats());
        }
    }

    @Test void mistakesAreNamed() {
        assertEquals("CutMix.alpha: expected more than 0. Received 0.0.",
                assertThrows(IllegalArgumentException.class, () -> new CutMix(0, 10)).getMessage());
    }
}
