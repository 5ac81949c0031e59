package dev.merapi.data;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SamplerTest {
    private static final int[] LABELS = {0, 0, 0, 0, 0, 0, 0, 1, 1, 5};

    private static long[] counts(int[] order) {
        var counts = new long[10];
        for (int i : order) counts[i]++;
        return counts;
    }

    private static long ofClass(int label, int[] order) {
        return Arrays.stream(order).filter(i -> LABELS[i] == label).count();
    }

    /** Every epoch its own order, the same when asked again, of the announced length. */
    private static void assertReproducible(Sampler sampler) {
        assertEquals(sampler.size(), sampler.order(3).length);
        assertArrayEquals(sampler.order(3), sampler.order(3));
        assertFalse(Arrays.equals(sampler.order(3), sampler.order(4)));
    }

    @Test void aShuffleIsUniform() {
        var firsts = new long[5];
        var sampler = Sampler.random(5, 1);
        for (int epoch = 0; epoch < 10_000; epoch++) firsts[sampler.order(epoch)[0]]++;
        for (long n : firsts) assertEquals(2000, n, 5 * Math.sqrt(10_000 * 0.2 * 0.8)); // 5 standard deviations
        assertReproducible(sampler);
        assertArrayEquals(new int[] {0, 1, 2}, Sampler.sequential(3).order(8));
    }

    @Test void weightsAreFrequencies() {
        var sampler = Sampler.weighted(new double[] {0, 1, 0, 3, 0}, 40_000, 2);
        var counts = counts(sampler.order(0));
        assertEquals(30_000, counts[3], 5 * Math.sqrt(40_000 * 0.75 * 0.25));
        assertEquals(40_000, counts[1] + counts[3]);
        assertReproducible(sampler);
    }

    @Test void replacementDrawsFromAll() {
        var sampler = Sampler.replacement(10, 50_000, 3);
        for (long n : counts(sampler.order(0))) assertEquals(5000, n, 5 * Math.sqrt(50_000 * 0.1 * 0.9));
        assertReproducible(sampler);
    }

    @Test void oversamplingRaisesEveryClassToTheGreatest() {
        var sampler = Sampler.oversampling(LABELS, 4);
        int[] order = sampler.order(0);
        assertEquals(21, sampler.size());
        for (int label : new int[] {0, 1, 5}) assertEquals(7, ofClass(label, order));
        var counts = counts(order);
        assertTrue(IntStream.range(0, 7).allMatch(i -> counts[i] == 1));
        assertEquals(1, Math.abs(counts[7] - counts[8])); // three or four times each
        assertReproducible(sampler);
    }

    @Test void undersamplingLowersEveryClassToTheRarest() {
        var sampler = Sampler.undersampling(LABELS, 4);
        assertEquals(3, sampler.size());
        for (int label : new int[] {0, 1, 5}) assertEquals(1, ofClass(label, sampler.order(0)));
        var seen = IntStream.range(0, 200).flatMap(epoch -> Arrays.stream(sampler.order(epoch))).distinct().count();
        assertEquals(10, seen);
    }

    @Test void augmentationOfARepeatedSampleDiffers() {
        var data = Dataset.of(List.of(0)).augment((_, random) -> random.nextInt());
        try (var loader = Loader.of(data, 8, Collate.list()).sampler(Sampler.replacement(1, 8, 0))) {
            assertEquals(8, loader.iterator().next().stream().distinct().count());
        }
    }

    @Test void badWeightsAreNamed() {
        assertEquals("Sampler.weighted: expected finite weights from 0. Received -1.0 at 1",
                assertThrows(IllegalArgumentException.class,
                        () -> Sampler.weighted(new double[] {1, -1}, 1, 0)).getMessage());
        assertEquals("Sampler.weighted: expected a weight above 0. Received none",
                assertThrows(IllegalArgumentException.class,
                        () -> Sampler.weighted(new double[] {0, 0}, 1, 0)).getMessage());
    }

    @Test void bucketsHoldSimilarLengths() {
        int batch = 8, n = 50 * batch * 3 + 5;
        var random = new SplittableRandom(1);
        int[] lengths = random.ints(n, 1, 1000).toArray();
        var sampler = Sampler.bucketed(lengths, batch, 6);
        assertReproducible(sampler);
        int[] order = sampler.order(0);
        assertArrayEquals(IntStream.range(0, n).toArray(), Arrays.stream(order).sorted().toArray());
        double bucketed = padding(lengths, order, batch);
        double shuffled = padding(lengths, Sampler.random(n, 6).order(0), batch);
        assertTrue(bucketed < 0.05 && shuffled > 0.4, bucketed + " of a batch is padding, and not " + shuffled);

        var firsts = IntStream.range(0, n / batch).map(b -> lengths[order[b * batch]]).toArray();
        int rises = (int) IntStream.range(1, firsts.length).filter(i -> firsts[i] > firsts[i - 1]).count();
        assertEquals(firsts.length / 2.0, rises, 3 * Math.sqrt(firsts.length / 12.0), "batches come in no order");
    }

    /** Share of padding when every batch is filled up to its longest sample. */
    private static double padding(int[] lengths, int[] order, int batch) {
        long all = 0;
        for (int from = 0; from < order.length; from += batch) {
            int to = Math.min(from + batch, order.length);
            all += (to - from) * Arrays.stream(order, from, to).mapToLong(i -> lengths[i]).max().getAsLong();
        }
        return 1 - Arrays.stream(lengths).asLongStream().sum() / (double) all;
    }

    @Test void bucketsOfFewSamples() {
        assertArrayEquals(new int[] {0, 1, 2},
                Arrays.stream(Sampler.bucketed(new int[] {3, 1, 2}, 8, 0).order(0)).sorted().toArray());
        assertEquals(0, Sampler.bucketed(new int[0], 8, 0).order(0).length);
        assertEquals("Sampler.bucketed.batchSize: expected at least 1. Received 0.",
                assertThrows(IllegalArgumentException.class, () -> Sampler.bucketed(LABELS, 0, 0)).getMessage());
    }

    @Test void batchesByClass() {
        int[] labels = {0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 3};
        var sampler = Sampler.byClass(labels, 2, 3, 5);
        assertEquals(12, sampler.size());
        for (int epoch = 0; epoch < 20; epoch++) {
            int[] order = sampler.order(epoch);
            assertArrayEquals(order, sampler.order(epoch));
            for (int batch = 0; batch < 12; batch += 6) {
                int first = labels[order[batch]], second = labels[order[batch + 3]];
                assertTrue(first != second);
                for (int i = 0; i < 3; i++) {
                    assertEquals(first, labels[order[batch + i]]);
                    assertEquals(second, labels[order[batch + 3 + i]]);
                }
                if (first != 2) { // of which there is but one
                    assertEquals(3, Arrays.stream(order, batch, batch + 3).distinct().count());
                }
            }
            assertEquals(4, IntStream.of(0, 3, 6, 9).map(i -> labels[order[i]]).distinct().count(), "each class once");
        }
        assertEquals("Sampler.byClass.classes: expected 1 to 4. Received 5.",
                assertThrows(IllegalArgumentException.class, () -> Sampler.byClass(labels, 5, 1, 0)).getMessage());
    }
}
