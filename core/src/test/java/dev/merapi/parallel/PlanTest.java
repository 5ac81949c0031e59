package dev.merapi.parallel;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PlanTest {
    private static final Plan.Cluster CLUSTER = new Plan.Cluster(1e9, 1e-5, 1e12);
    private static final Plan.Model MODEL = new Plan.Model(1e9, 10, 1000, 4);

    @Test void collectivesAreRings() {
        // 4 GB by 4 ranks: 6 steps of 1 GB, and 6 latencies
        assertEquals(6.00006, CLUSTER.allReduce(4e9, 4), 1e-9);
        assertEquals(3.00003, CLUSTER.gather(4e9, 4), 1e-9);
        assertEquals(0, CLUSTER.allReduce(4e9, 1));
    }

    @Test void stepsByHand() {
        // 1,000 tokens: 3 s; 4 GB of gradients by 4 ranks 6.00006 s, of which 2 s are hidden
        assertEquals(1 + 6.00006, Plan.data(MODEL, CLUSTER, 4, 1000).seconds(), 1e-9);
        assertEquals(16e9, Plan.data(MODEL, CLUSTER, 4, 1000).bytes());
        // 4 s with the forward that is repeated; 30 rings of 0.4 GB: 3 steps of 0.1 s and a latency
        assertEquals(4 + 30 * 3 * (0.1 + 1e-5), Plan.fullySharded(MODEL, CLUSTER, 4, 1000).seconds(), 1e-9);
        assertEquals(4e9 + 0.8e9, Plan.fullySharded(MODEL, CLUSTER, 4, 1000).bytes());
        // 0.75 s; 40 rings of 4 MB: 6 steps of 1 ms and a latency
        assertEquals(0.75 + 40 * 6 * (0.001 + 1e-5), Plan.tensor(MODEL, CLUSTER, 4, 1000).seconds(), 1e-9);
        // 8 batches of 125 tokens: 11 turns of 0.09375 s and two messages of 0.5 MB
        var pipeline = Plan.pipeline(MODEL, CLUSTER, 4, 8, 1000);
        assertEquals(11 * (0.09375 + 2 * (0.0005 + 1e-5)), pipeline.seconds(), 1e-9);
        assertEquals(0.75 / pipeline.seconds(), pipeline.share(), 1e-9);
        for (int ranks : new int[] {8, 64, 1024}) {
            assertTrue(Plan.fullySharded(MODEL, CLUSTER, ranks, 1000).bytes() < 16e9 / ranks + 1e9);
        }
    }

    /** Trains for a year with failures at random, and looks how much of it was of use. */
    @Test void theIntervalIsBestWhereFailuresAreSimulated() {
        var checkpoint = Duration.ofMinutes(2);
        var restart = Duration.ofMinutes(5);
        var between = Duration.ofHours(8);
        var best = Plan.checkpointEvery(checkpoint, between);
        assertEquals(Math.sqrt(2 * 120 * 28_800), best.toSeconds(), 120, "near Young's");
        double expected = Plan.efficiency(best, checkpoint, restart, between);
        assertEquals(simulated(best, checkpoint, restart, between), expected, 0.005);
        for (double factor : new double[] {0.25, 4}) {
            var other = Duration.ofMillis((long) (best.toMillis() * factor));
            assertTrue(simulated(other, checkpoint, restart, between) < expected - 0.02, factor + " times");
        }
    }

    private static double simulated(Duration every, Duration checkpoint, Duration restart, Duration between) {
        var random = new Random(1);
        double useful = 0;
        double time = 0;
        double failure = next(random, between);
        while (time < 20 * 365 * 86_400.0) {
            double end = time + every.toSeconds() + checkpoint.toSeconds();
            if (end <= failure) {
                time = end;
                useful += every.toSeconds();
                continue;
            }
            time = failure;
            failure = time + next(random, between);
            while (failure < time + restart.toSeconds()) { // again, before it goes on
                time = failure;
                failure = time + next(random, between);
            }
            time += restart.toSeconds();
        }
        return useful / time;
    }

    private static double next(Random random, Duration between) {
        return -Math.log(1 - random.nextDouble()) * between.toSeconds();
    }

    @Test void whatIsNoNumberOfRanksIsRefused() {
        assertEquals("Plan: expected at least 1 rank and more than 0 tokens. Received 0 and 1000.0",
                assertThrows(IllegalArgumentException.class, () -> Plan.data(MODEL, CLUSTER, 0, 1000)).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class, () ->
                Plan.checkpointEvery(Duration.ZERO, Duration.ofHours(1))).getMessage().contains("above 0"));
    }
}
