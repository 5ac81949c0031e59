package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AccuracyTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    @Test void countsOverUnevenBatches() {
        var accuracy = new Accuracy();
        assertEquals(Double.NaN, accuracy.value());
        accuracy.update(Tensor.of(new float[][] {{2, 1, 0}, {0, 1, 0}, {0, 1, 5}}), Tensor.of(new long[] {0, 1, 1}));
        accuracy.update(Tensor.of(new float[][] {{0, 0, 1}}), Tensor.of(new long[] {2}));
        assertEquals(0.75, accuracy.value());
        accuracy.reset();
        assertEquals(Double.NaN, accuracy.value());
    }

    @Test void ignoredPlacesOfASequenceDoNotCount() {
        var logits = Tensor.of(new float[] {1, 0, 1, 0, 0, 1, 1, 0}, 2, 2, 2); // (B, T, C): 0 0, 1 0
        var accuracy = new Accuracy();
        accuracy.update(logits, Tensor.of(new long[] {0, -100, 1, 1}, 2, 2));
        assertEquals(2 / 3.0, accuracy.value());
        var padded = new Accuracy(0);
        padded.update(logits, Tensor.of(new long[] {0, 0, 1, 1}, 2, 2));
        assertEquals(0.5, padded.value());
    }

    @Test void aPositiveLogitSaysClassOne() {
        var accuracy = new Accuracy();
        accuracy.update(Tensor.of(new float[] {3, -1, 0.5f, -2}), Tensor.of(new float[] {1, 0, 0, 0}));
        assertEquals(0.75, accuracy.value());
        accuracy.update(Tensor.of(new float[] {3, -1}, 2, 1), Tensor.of(new long[] {0, 1}));
        assertEquals(0.5, accuracy.value());
    }

    @Test void leavesNoTensor() {
        var logits = Tensor.randn(4, 3);
        var labels = Tensor.of(new long[] {0, 1, 2, 0});
        long before = Scope.live();
        new Accuracy().update(logits, labels);
        assertTrue(Scope.live() <= before); // fewer, where another test's garbage went
    }

    @Test void shapesThatDoNotFitAreNamed() {
        var error = assertThrows(IllegalArgumentException.class,
                () -> new Accuracy().update(Tensor.zeros(4, 3), Tensor.zeros(5)));
        assertEquals("accuracy: expected predictions (…, classes) and targets (…), or both (…) for two classes."
                + " Received shapes (4, 3) and (5)", error.getMessage());
    }
}
