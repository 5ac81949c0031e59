package dev.merapi.bench;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

class BatchesTest {
    @Test void everyInputMeetsEveryLabel() {
        var batches = new Batches<>(seed -> seed, seed -> seed);
        var pairs = new HashSet<String>();
        for (int i = 0; i < 56; i++) {
            batches.next();
            assertNotEquals(batches.inputs(), batches.labels());
            pairs.add(batches.inputs() + " " + batches.labels());
        }
        assertEquals(56, pairs.size());
    }

    @Test void dataDependOnTheSeedAlone() {
        assertArrayEquals(Batches.normal(3, 5), Batches.normal(3, 5));
        assertNotEquals(Batches.normal(3, 1)[0], Batches.normal(4, 1)[0]);
        double mean = 0;
        for (float value : Batches.normal(0, 10_000)) mean += value / 10_000;
        assertEquals(0, mean, 0.03);                                // three standard errors
        for (int value : Batches.integers(5, 1000, 7)) assertEquals(Math.floorMod(value, 7), value);
    }
}
