package dev.merapi.tabular.classic;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClustersTest {
    private static final float[][] CENTRES = {{0, 0}, {10, 0}, {0, 10}};

    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** 40 rows around each centre in turn, within 1 of it. */
    private static Tensor blobs() {
        var random = new SplittableRandom(4);
        var rows = new float[120][];
        for (int i = 0; i < rows.length; i++) {
            float[] centre = CENTRES[i % 3];
            rows[i] = new float[] {(float) (centre[0] + random.nextDouble(-1, 1)),
                (float) (centre[1] + random.nextDouble(-1, 1))};
        }
        return Tensor.of(rows);
    }

    private static void assertBlobs(int[] clusters) {
        for (int i = 3; i < clusters.length; i++) assertEquals(clusters[i % 3], clusters[i]);
        assertEquals(3, Arrays.stream(clusters, 0, 3).distinct().count());
        assertTrue(Arrays.stream(clusters).allMatch(c -> c >= 0 && c < 3), Arrays.toString(clusters));
    }

    @Test void kMeansFindsTheMeans() {
        var x = blobs();
        var clusters = Clusters.kMeans(x, 3, 1);
        assertEquals(3, clusters.count());
        assertBlobs(clusters.fitted());
        assertArrayEquals(clusters.fitted(), clusters.of(x));
        double[][] means = clusters.means();
        for (int c = 0; c < 3; c++) {
            double[] sum = new double[2];
            for (int i = c; i < 120; i += 3) {
                for (int d = 0; d < 2; d++) sum[d] += x.select(0, i).toDoubles()[d] / 40;
            }
            assertArrayEquals(sum, means[clusters.fitted()[c]], 1e-4);
        }
        int[] near = clusters.of(Tensor.of(CENTRES));
        assertArrayEquals(Arrays.copyOf(clusters.fitted(), 3), near);
    }

    @Test void hdbscanFindsHowManyThereAreAndWhatIsNoise() {
        var x = Tensor.cat(List.of(blobs(), Tensor.of(new float[][] {{60, 60}})), 0);
        var clusters = Clusters.hdbscan(x, 5);
        assertEquals(3, clusters.count());
        int[] fitted = clusters.fitted();
        assertBlobs(Arrays.copyOf(fitted, 120));
        assertEquals(Clusters.NOISE, fitted[120]);
        assertArrayEquals(Arrays.copyOf(fitted, 3), clusters.of(Tensor.of(CENTRES)));
        assertThrows(IllegalStateException.class, clusters::means);
    }

    @Test void whatIsNoTableOfNumbersIsNamed() {
        var message = assertThrows(IllegalArgumentException.class, () -> Clusters.kMeans(
                Tensor.of(new float[][] {{1}, {Float.NaN}}), 1, 1)).getMessage();
        assertTrue(message.contains("Received NaN in row 1"), message);
        message = assertThrows(IllegalArgumentException.class, () -> Clusters.kMeans(Tensor.zeros(2, 1), 3, 1))
                .getMessage();
        assertTrue(message.contains("from 1 to the 2 rows. Received 3"), message);
        var clusters = Clusters.kMeans(blobs(), 3, 1);
        message = assertThrows(IllegalArgumentException.class, () -> clusters.of(Tensor.zeros(2, 3))).getMessage();
        assertTrue(message.contains("expected rows (N, 2)"), message);
    }

    /** Of (2 t, t) with a little across: the direction (2, 1) / √5 by hand. */
    @Test void principalComponents() {
        var x = Tensor.of(new double[] {-4, -2, -1, 2, 1, -2, 4, 2}, 4, 2); // t = -2, 2 and ±√5 across
        var pca = Pca.fit(x, 2);
        double root = Math.sqrt(5);
        assertArrayEquals(new double[] {2 / root, 1 / root, -1 / root, 2 / root}, pca.components().toDoubles(), 1e-9);
        assertArrayEquals(new double[] {0.8, 0.2}, pca.shares(), 1e-9); // 40 and 10 of 50
        assertArrayEquals(new double[] {-2 * root, 0, 0, root, 0, -root, 2 * root, 0},
                pca.transform(x).toDoubles(), 1e-9);
        assertArrayEquals(x.toDoubles(), pca.inverse(pca.transform(x)).toDoubles(), 1e-9);
        var one = Pca.fit(x.add(7).to(DType.FLOAT32), 1); // wherever it lies
        assertArrayEquals(new double[] {-2 * root, 0, 0, 2 * root}, one.transform(x.add(7).to(DType.FLOAT32))
                .toDoubles(), 1e-5);
        var error = assertThrows(IllegalArgumentException.class, () -> Pca.fit(x, 3));
        assertTrue(error.getMessage().contains("from 1 to 2"), error.getMessage());
    }
}
