package dev.merapi.data;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DatasetTest {
    private final Dataset<Integer> tens = Dataset.of(List.of(0, 10, 20, 30, 40));
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static List<?> all(Dataset<?> data) { return data.stream().toList(); }

    private static RandomGenerator[] randoms(int n) {
        return IntStream.range(0, n).mapToObj(SplittableRandom::new).toArray(RandomGenerator[]::new);
    }

    @Test void viewsCompose() {
        assertEquals(List.of("0", "10", "20", "30", "40"), all(tens.map(String::valueOf)));
        assertEquals(List.of(40, 0, 40), all(tens.subset(4, 0, 4)));
        assertEquals(List.of(0, 20, 40), all(tens.filter(n -> n % 20 == 0)));
        assertEquals(List.of(0, 10, 20, 30, 40, 40, 0), all(tens.concat(tens.subset(4, 0))));
        assertEquals(List.of(41, 1), all(tens.subset(4, 0).map(n -> n + 1)));
    }

    @Test void everyViewHandsTheGeneratorDown() {
        var random = tens.augment((n, r) -> n + r.nextInt(10));
        int expected = random.get(1, new SplittableRandom(3));
        var drawn = IntStream.range(0, 20).map(seed -> random.get(1, new SplittableRandom(seed)));
        assertTrue(drawn.distinct().count() > 1);
        assertEquals(expected, random.subset(1).get(0, new SplittableRandom(3)));
        assertEquals(expected + 1, random.map(n -> n + 1).get(1, new SplittableRandom(3)));
        assertEquals(expected, tens.concat(random).get(6, new SplittableRandom(3)));
        assertEquals(random.get(2), random.get(2));

        RandomTransform<Integer> twice = (n, r) -> n * 2;
        assertEquals(22, twice.then((n, r) -> n + 2).apply(10, new SplittableRandom(0)));
    }

    @Test void rowsOfTensorsAreSelectedAsAWhole() {
        var x = Tensor.arange(12).reshape(4, 3);
        var y = Tensor.of(new float[] {0, 1, 2, 3});
        var data = Dataset.of(x, y);
        assertArrayEquals(new long[] {3, 4, 5}, data.get(1).x().toLongs());
        var batch = data.batch(new int[] {3, 0}, randoms(2));
        assertArrayEquals(new long[] {9, 10, 11, 0, 1, 2}, batch.x().toLongs());
        assertArrayEquals(new double[] {3, 0}, batch.y().toDoubles());
        var below = data.subset(2, 1).batch(new int[] {1, 0}, randoms(2));
        assertArrayEquals(new double[] {1, 2}, below.y().toDoubles());

        x.close(); // the data set has handles of its own
        assertArrayEquals(new long[] {6, 7, 8}, data.get(2).x().toLongs());
        assertNull(Dataset.of(y, null).batch(new int[] {0}, randoms(1)).y());
    }

    @Test void aWholeBatchOfASubsetStaysOneSelection() {
        var data = Dataset.of(Tensor.rand(1000, 2), Tensor.rand(1000)).subset(IntStream.range(0, 900).toArray());
        long before = Scope.live();
        data.batch(IntStream.range(0, 500).toArray(), randoms(500));
        assertTrue(Scope.live() - before < 10, "made " + (Scope.live() - before) + " tensors");
    }

    @Test void arraysBecomeTensors() {
        var data = Dataset.of(new float[][] {{1, 2}, {3, 4}}, new int[] {7, 8});
        var batch = data.batch(new int[] {1, 0}, randoms(2));
        assertArrayEquals(new double[] {3, 4, 1, 2}, batch.x().toDoubles());
        assertArrayEquals(new long[] {8, 7}, batch.y().toLongs());
        assertEquals(DType.INT64, batch.y().dtype());
        assertEquals(DType.FLOAT32, Dataset.of(new float[][] {{1}}, new float[] {2}).get(0).y().dtype());
    }

    @Test void badPositionsAndRowsAreNamed() {
        assertEquals("Dataset.subset: expected positions from 0 to 4. Received 5",
                assertThrows(IllegalArgumentException.class, () -> tens.subset(1, 5)).getMessage());
        assertEquals("Dataset.of: expected x and y with equally many rows. Received float32 (3, 2) cpu and"
                + " float32 (4) cpu", assertThrows(IllegalArgumentException.class,
                        () -> Dataset.of(Tensor.zeros(3, 2), Tensor.zeros(4))).getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> Dataset.of(Tensor.zeros(3), Tensor.zeros(3)).get(-1));
    }

    @Test void equalSeedsForDifferentEndsDiffer() {
        assertNotEquals(Seeds.random(1, Seeds.ORDER, 0).nextLong(), Seeds.random(1, Seeds.SAMPLE, 0).nextLong());
        var seen = new HashSet<Long>();
        for (int seed = 0; seed < 20; seed++) {
            for (int epoch = 0; epoch < 20; epoch++) {
                for (int place = 0; place < 20; place++) {
                    seen.add(Seeds.random(seed, Seeds.SAMPLE, epoch, place).nextLong());
                }
            }
        }
        assertEquals(8000, seen.size());
    }
}
