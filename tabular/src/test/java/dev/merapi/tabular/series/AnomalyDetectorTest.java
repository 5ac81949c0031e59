package dev.merapi.tabular.series;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AnomalyDetectorTest {
    private static double[] wave(int from, int count) {
        return IntStream.range(from, from + count).mapToDouble(t -> 5 + 2 * Math.sin(2 * Math.PI * t / 8)).toArray();
    }

    @Test void aSpikeIsFound() {
        Torch.seed(3);
        var usual = Series.of("load", wave(0, 200));
        try (var model = new SeriesAutoencoder(8, 16, 3)) {
            var detector = AnomalyDetector.of(model, usual, 8);
            Trainer.of(detector.task()).optimizer(m -> new Adam(m, 1e-2)).epochs(20).fit(detector.train(16, 1));
            double limit = detector.limit(usual, 1);
            double[] values = wave(3, 60);
            values[30] += 3;
            int[] found = detector.above(2 * limit, Series.of("new", values));
            assertTrue(Arrays.stream(found).anyMatch(t -> t == 30), Arrays.toString(found));
            assertTrue(Arrays.stream(found).allMatch(t -> Math.abs(t - 30) < 8), Arrays.toString(found));
        }
    }

    /** Writes zeros. */
    private static final class Nothing extends Layer implements Unary {
        @Override public Tensor forward(Tensor x) { return x.mul(0); }
    }

    /** Of a model that writes zeros, a step's score is its square: mean 2, deviation 1. */
    @Test void scoresByHand() {
        try (var model = new Nothing()) {
            var detector = AnomalyDetector.of(model, Series.of("y", 1, 3, 1, 3), 2);
            assertArrayEquals(new double[] {4, 0, 1}, detector.scores(Series.of("z", 4, 2, 3)), 1e-6);
            var error = assertThrows(IllegalArgumentException.class, () -> detector.scores(Series.of("z", 1)));
            assertTrue(error.getMessage().contains("Series z: expected at least 2 values. Received 1"),
                    error.getMessage());
        }
    }
}
