package dev.merapi.protect.privacy;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NoisyAggregatesTest {
    private static final double[] AGES = new Random(3).doubles(1000, 20, 60).toArray();

    private static NoisyAggregates about(double epsilon) { return new NoisyAggregates(epsilon, new Random(1337)); }

    /** The variance of Laplace's noise is 2 (sensitivity / ε)². */
    @Test void noiseHasItsScale() {
        var about = about(1e6);
        double[] counts = IntStream.range(0, 20_000).mapToDouble(_ -> about.count(50, 0.25) - 50).toArray();
        assertEquals(Math.sqrt(2) / 0.25, deviation(counts), 0.2);
        assertEquals(0, DoubleStream.of(counts).average().orElseThrow(), 0.15);
        double[] sums = IntStream.range(0, 20_000).mapToDouble(_ -> about.sum(new double[] {3, 500}, 0, 100, 2) - 103)
                .toArray();
        assertEquals(Math.sqrt(2) * 50, deviation(sums), 2.5);
    }

    private static double deviation(double[] values) {
        return Math.sqrt(DoubleStream.of(values).map(v -> v * v).average().orElseThrow());
    }

    /** Under the mechanism's own law, answers about neighbours differ by a factor of e^ε at most, in every cell. */
    @Test void neighboursCanHardlyBeToldApart() {
        double epsilon = 0.5;
        var about = about(1e9);
        var without = new long[41];
        var with = new long[41];
        for (int i = 0; i < 200_000; i++) {
            without[Math.clamp(about.count(20, epsilon), 0, 40)]++;
            with[Math.clamp(about.count(21, epsilon), 0, 40)]++;
        }
        for (int i = 12; i < 30; i++) {
            double ratio = Math.abs(Math.log((double) with[i] / without[i]));
            assertTrue(ratio < epsilon + 0.1, i + ": " + ratio);
        }
    }

    @Test void answersAreNearTheTruth() {
        var about = about(100);
        double mean = Arrays.stream(AGES).average().orElseThrow();
        assertEquals(mean, about.mean(AGES, 0, 110, 5), 0.5);
        double[] sorted = AGES.clone();
        Arrays.sort(sorted);
        assertEquals(sorted[250], about.quantile(AGES, 0.25, 0, 110, 5), 0.5);
        long[] bins = about.histogram(AGES, new double[] {0, 30, 50, 110}, 5);
        assertEquals(1000, Arrays.stream(bins).sum(), 10);
        assertEquals(Arrays.stream(AGES).filter(a -> a < 30).count(), bins[0], 5);
    }

    @Test void aBudgetIsSpentOnce() {
        var about = about(1);
        about.count(10, 0.7);
        assertEquals(0.3, about.left(), 1e-12);
        var e = assertThrows(IllegalStateException.class, () -> about.mean(AGES, 0, 110, 0.5));
        assertTrue(e.getMessage().startsWith("NoisyAggregates.mean: expected at most the ε that is left, 0.3"),
                e.getMessage());
        about.count(10, 0.3);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> about.sum(AGES, 5, 5, 0.1)).getMessage()
                .contains("a low end below a high one"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new NoisyAggregates(0)).getMessage()
                .startsWith("NoisyAggregates.epsilon: expected a budget above 0"));
    }
}
