package dev.merapi.play.agent;

import dev.merapi.play.env.Chance;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReplayTest {
    private static Replay filled(int capacity, int added, double priority) {
        var memory = new Replay(capacity, 2, 1, priority);
        for (int i = 0; i < added; i++) {
            memory.add(new float[] {i, -i}, new float[] {i % 3}, 10 * i, new float[] {i + 1, -i - 1}, 0.9);
        }
        return memory;
    }

    @Test void theOldestMakesRoomForTheNewest() {
        long before = Scope.live();
        try (var memory = filled(4, 6, 0); var _ = Scope.open()) {
            assertEquals(4, memory.size());
            var batch = memory.sample(200, 0, new Chance(1), Device.CPU);
            float[] first = batch.seen().select(1, 0).toFloats();
            var seen = new TreeSet<Float>();
            for (int i = 0; i < first.length; i++) {
                seen.add(first[i]);
                assertEquals(10 * first[i], batch.reward().toFloats()[i]);
                assertEquals(first[i] + 1, batch.next().select(1, 0).toFloats()[i]);
            }
            assertEquals(List.of(2f, 3f, 4f, 5f), List.copyOf(seen));
            assertEquals(1, batch.weights().min().item());
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void aMillionStepsTakeNoMoreMemory() {
        try (var memory = new Replay(1000, 4, 1, 0.6)) {
            long before = Scope.live();
            var row = new float[4];
            for (int i = 0; i < 1_000_000; i++) memory.add(row, new float[1], 0, row, 0.99);
            assertEquals(before, Scope.live());
            assertEquals(1000, memory.size());
        }
    }

    @Test void transitionsAreDrawnByTheirPriorities() {
        try (var memory = filled(8, 5, 1); var _ = Scope.open()) {
            memory.prioritize(new long[] {0, 1, 2, 3, 4}, new float[] {4, 0, -2, 1, 1});
            var counts = new int[8];
            var batch = memory.sample(8000, 1, new Chance(3), Device.CPU);
            for (long place : batch.places()) counts[(int) place]++;
            assertEquals(4000, counts[0], 30); // 4 of 8; drawn from equal parts, hence so near
            assertEquals(2000, counts[2], 30);
            assertEquals(0, counts[1], 2);
            // weights (5 · p)^−1: of p = 1/2 and 1/8 one to four, the largest of those drawn being 1
            float[] weights = batch.weights().toFloats();
            double ofFirst = Double.NaN, ofFourth = Double.NaN;
            for (int i = 0; i < weights.length; i++) {
                if (batch.places()[i] == 0) ofFirst = weights[i];
                if (batch.places()[i] == 3) ofFourth = weights[i];
            }
            assertEquals(4, ofFourth / ofFirst, 1e-3);
        }
    }

    @Test void whatWasSavedIsDrawnAgain() {
        for (double priority : new double[] {0, 0.7}) {
            try (var a = filled(6, 8, priority); var b = filled(6, 1, priority); var _ = Scope.open()) {
                a.prioritize(new long[] {1, 3}, new float[] {5, 2});
                var state = new LinkedHashMap<String, Tensor>();
                a.remember(state);
                b.recall(state);
                var x = a.sample(32, 0.5, new Chance(2), Device.CPU);
                var y = b.sample(32, 0.5, new Chance(2), Device.CPU);
                assertArrayEquals(x.places(), y.places());
                assertArrayEquals(x.seen().toFloats(), y.seen().toFloats());
                assertArrayEquals(x.weights().toFloats(), y.weights().toFloats());
                try (var other = filled(5, 1, priority)) {
                    assertEquals("Replay.load: expected a memory of 5 transitions of 2 numbers. Received float32 (6, 2)"
                            + " cpu.", assertThrows(IllegalArgumentException.class, () -> other.recall(state))
                            .getMessage());
                }
            }
        }
    }

    @Test void severalStepsBecomeOne() {
        var found = new ArrayList<String>();
        NStep.Sink sink = (seen, action, reward, next, discount) ->
                found.add((int) seen[0] + "→" + (int) next[0] + " " + reward + " " + discount);
        var lane = new NStep(3, 0.5, 0);
        for (int i = 0; i < 4; i++) {
            lane.add(new float[] {i}, new float[1], 1 << i, new float[] {i + 1}, i == 3, i == 3, sink);
        }
        // rewards 1, 2, 4, 8 and a discount of 1/2; the world ends at 4
        assertEquals(List.of("0→3 3.0 0.125", "1→4 6.0 0.0", "2→4 8.0 0.0", "3→4 8.0 0.0"), found);
        found.clear();
        lane.add(new float[] {7}, new float[1], 1, new float[] {8}, false, false, sink);
        lane.add(new float[] {8}, new float[1], 1, new float[] {9}, false, true, sink); // cut off
        assertEquals(List.of("7→9 1.5 0.25", "8→9 1.0 0.5"), found);
    }
}
