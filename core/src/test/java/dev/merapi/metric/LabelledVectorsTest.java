package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class LabelledVectorsTest {
    private final LabelledVectors all = new LabelledVectors("recall_1");

    @Test void theyHaveLengthOneAndAreMerged() {
        try (var _ = Scope.open()) {
            all.update(Tensor.of(new float[] {3, 4}, 1, 2), Tensor.of(new long[] {7}, 1));
            var other = new LabelledVectors("recall_1");
            other.update(Tensor.of(new float[] {0, -2, 5, 0}, 2, 2), Tensor.of(new long[] {8, 7}, 2));
            all.merge(other.state());
            all.merge();
        }
        assertEquals(List.of(7L, 8L, 7L), all.labels());
        assertArrayEquals(new float[] {0.6f, 0.8f}, all.vector(0), 1e-6f);
        assertArrayEquals(new float[] {0, -1}, all.vector(1), 1e-6f);
        all.reset();
        assertEquals(0, all.size());
    }

    @Test void otherWidthsAndStatesAreRefused() {
        try (var _ = Scope.open()) {
            all.update(Tensor.ones(1, 2), Tensor.of(new long[] {7}, 1));
            assertSays("recall_1: expected vectors of 2 numbers, as before. Received 3",
                    () -> all.update(Tensor.ones(1, 3), Tensor.of(new long[] {7}, 1)));
            assertSays("recall_1: expected vectors of 2 numbers, as before. Received 3",
                    () -> all.merge(3, 7, 1, 0, 0));
            assertSays("recall_1.merge: expected the state of another recall_1. Received 3 numbers",
                    () -> all.merge(3, 7, 1));
            assertSays("recall_1: expected vectors (N, width) for labels (N)",
                    () -> all.update(Tensor.ones(2, 2), Tensor.of(new long[] {7}, 1)));
            assertEquals(1, all.size());
        }
    }

    private static void assertSays(String part, Runnable runs) {
        String message = assertThrows(IllegalArgumentException.class, runs::run).getMessage();
        assertEquals(part, message.substring(0, Math.min(part.length(), message.length())));
    }
}
