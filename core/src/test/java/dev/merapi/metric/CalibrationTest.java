package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** By hand. */
class CalibrationTest {
    @Test void twoClasses() {
        try (var _ = Scope.open()) {
            var metric = new Calibration(Predictions.PROBABILITIES, 2);
            metric.update(Tensor.of(new float[] {0.1f, 0.3f, 0.6f}), Tensor.of(new long[] {0, 1, 1}));
            metric.update(Tensor.of(new float[] {1}), Tensor.of(new long[] {0}));
            assertArrayEquals(new double[] {0.2, 0.8}, metric.curve().x(), 1e-6);
            assertArrayEquals(new double[] {0.5, 0.5}, metric.curve().y(), 1e-6);
            assertArrayEquals(new double[] {0, 0.5}, metric.curve().thresholds());
            assertEquals((0.3 * 2 + 0.3 * 2) / 4, metric.value(), 1e-6);
            var other = new Calibration(Predictions.PROBABILITIES, 2);
            other.merge(metric.state());
            other.merge(metric.state());
            assertEquals(metric.value(), other.value(), 1e-12);
            other.reset();
            assertTrue(Double.isNaN(other.value()));
            assertEquals(0, other.curve().x().length);
        }
    }

    @Test void logitsAndMoreClasses() {
        try (var _ = Scope.open()) {
            var logits = new Calibration();
            logits.update(Tensor.of(new float[] {0, 0}), Tensor.of(new long[] {0, 1})); // 0.5, of which half
            assertEquals(0, logits.value(), 1e-7);
            var three = new Calibration(Predictions.PROBABILITIES, 10);
            three.update(Tensor.of(new float[][] {{0.71f, 0.19f, 0.1f}, {0.1f, 0.74f, 0.16f}}),
                    Tensor.of(new long[] {0, 2})); // sure by 0.725, right in half
            assertEquals(0.225, three.value(), 1e-6);
        }
    }

    @Test void groupsAreRankedOnTheirOwn() {
        double[] scores = {0.9, 0.1, 0.5, 0.2, 0.3, 0.8};
        boolean[] positive = {true, false, false, true, false, true};
        Object[] groups = {"a", "a", "b", "b", "b", "c"}; // 1 of 2 samples, 0 of 3; c has positives alone
        assertEquals(2 / 5.0, GroupedAuc.of(scores, positive, groups), 1e-12);
        assertTrue(Double.isNaN(GroupedAuc.of(new double[] {1}, new boolean[] {true}, new Object[] {1})));
        var error = assertThrows(IllegalArgumentException.class, () -> GroupedAuc.of(scores, positive, new Object[2]));
        assertTrue(error.getMessage().contains("Received 6, 6 and 2"), error.getMessage());
    }
}
