package dev.merapi.vision.transform;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class MixupTest {
    @Test void mixesImagesAndLabelsAlike() {
        try (var _ = Scope.open()) {
            var batch = new Batch(Tensor.of(new float[] {0, 1, 10, 11}, 2, 2), Tensor.of(new long[] {0, 2}));
            Batch soft = new Batch(batch.x(), batch.y().oneHot(3).to(DType.FLOAT32));
            Batch mixed = Mixup.mix(soft, 0.75);
            assertArrayEquals(new float[] {2.5f, 3.5f, 7.5f, 8.5f}, mixed.x().toFloats());
            assertArrayEquals(new float[] {0.75f, 0, 0.25f, 0.25f, 0, 0.75f}, mixed.y().toFloats());
        }
    }

    @Test void theDataSetMixesByTheFirstSamplesGenerator() {
        try (var _ = Scope.open()) {
            var data = Dataset.of(Tensor.of(new float[] {0, 1}, 2, 1), Tensor.of(new long[] {0, 1}));
            var mixed = new Mixup(0.4, 2).on(data);
            Batch batch = mixed.batch(new int[] {0, 1},
                    new RandomGenerator[] {new SplittableRandom(7), new SplittableRandom(8)});
            double lambda = Beta.draw(0.4, new SplittableRandom(7));
            assertArrayEquals(new float[] {(float) (1 - lambda), (float) lambda}, batch.x().toFloats(), 1e-6f);
            assertArrayEquals(new float[] {0, 1}, mixed.get(1).y().toFloats());
        }
    }

    /** Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)). */
    @Test void lambdaIsBetaDistributed() {
        for (double alpha : new double[] {0.2, 1, 4}) {
            var random = new SplittableRandom(1);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < 20_000; i++) {
                double lambda = Beta.draw(alpha, random);
                sum += lambda;
                squares += (lambda - 0.5) * (lambda - 0.5);
            }
            assertEquals(0.5, sum / 20_000, 0.01, "mean for " + alpha);
            assertEquals(1 / (4 * (2 * alpha + 1)), squares / 20_000, 0.004, "variance for " + alpha);
        }
    }

    @Test void mistakesAreNamed() {
        assertEquals("Mixup.alpha: expected more than 0. Received 0.0.",
                assertThrows(IllegalArgumentException.class, () -> new Mixup(0, 10)).getMessage());
    }
}
