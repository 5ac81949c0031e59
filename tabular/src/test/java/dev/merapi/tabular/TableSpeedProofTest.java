package dev.merapi.tabular;

import com.sun.management.OperatingSystemMXBean;
import dev.merapi.nn.Init;
import dev.merapi.optim.Adam;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.Table;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.model.FieldEmbedding;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How fast tables become tensors, and that a step costs what its rows cost, not what the table of vectors does. */
@Tag("proof")
class TableSpeedProofTest {
    private static final int ROWS = 2_000_000;

    @TempDir Path folder;

    /** 10 columns of doubles in a Parquet file, to one tensor (N, 10): the best of 5. */
    @Test void tablesBecomeTensors() throws SQLException {
        Path file = folder.resolve("numbers.parquet");
        String columns = String.join(", ", IntStream.range(0, 10)
                .mapToObj(i -> "random() + " + i + " as x" + i).toList());
        try (var duck = DriverManager.getConnection("jdbc:duckdb:"); var sql = duck.createStatement()) {
            sql.execute("copy (select " + columns + " from range(" + ROWS + ")) to '" + file + "' (format parquet)");
        }
        String[] names = IntStream.range(0, 10).mapToObj(i -> "x" + i).toArray(String[]::new);
        var processor = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double best = Double.POSITIVE_INFINITY, work = best;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime(), before = processor.getProcessCpuTime();
            try (var _ = Scope.open()) {
                var x = Table.read(file).frame().tensor(names);
                assertEquals(ROWS, x.size(0));
            }
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
            work = Math.min(work, (processor.getProcessCpuTime() - before) / 1e9);
        }
        System.out.printf("DuckDB to tensor: %,.0f rows/s of 10 columns, %,.0f for a second of all processors%n",
                ROWS / best, ROWS / work);
        assertTrue(ROWS / Math.min(best, work) > 1e6, best + " " + work); // a busy machine waits
    }

    /** Steps of lazy Adam on vectors of 1 and of 10 million ids in turn; 16 numbers each, 4,096 ids a step. */
    @Test void sparseStepsDoNotGrowWithTheTable() {
        try (var small = new FieldEmbedding(inputs(1_000_000), 16, Init.zeros()).sparse();
                var large = new FieldEmbedding(inputs(10_000_000), 16, Init.zeros()).sparse();
                var adamOfSmall = new Adam(small, 1e-3); var adamOfLarge = new Adam(large, 1e-3)) {
            var random = new SplittableRandom(1);
            touch(small, adamOfSmall, 1_000_000); // pages that were never written are made by the first write
            touch(large, adamOfLarge, 10_000_000);
            int rounds = 60, warm = 20;
            double[] a = new double[rounds], b = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                a[i] = step(small, adamOfSmall, 1_000_000, random);
                b[i] = step(large, adamOfLarge, 10_000_000, random);
            }
            double smallStep = median(a, warm), largeStep = median(b, warm);
            System.out.printf("Lazy Adam: %.2f ms with 1 M ids, %.2f ms with 10 M, ratio %.2f%n", smallStep, largeStep,
                    largeStep / smallStep);
            assertTrue(largeStep / smallStep < 1.3, largeStep + " " + smallStep);
        }
    }

    private static Inputs inputs(int ids) { return new Inputs(0, List.of(ids), List.of(), List.of()); }

    /** Steps over all ids. */
    private static void touch(FieldEmbedding table, Adam adam, int ids) {
        for (int from = 0; from < ids; from += 1_000_000) {
            try (var _ = Scope.open()) {
                step(table, adam, Tensor.arange(1_000_000).add(from));
            }
        }
    }

    private static double step(FieldEmbedding table, Adam adam, int ids, SplittableRandom random) {
        try (var _ = Scope.open()) {
            return step(table, adam, Tensor.of(random.longs(4096, 0, ids).toArray()));
        }
    }

    /** Milliseconds that this thread works: on a busy machine it waits besides. */
    private static double step(FieldEmbedding table, Adam adam, Tensor ids) {
        try (var _ = Scope.open()) {
            long rows = ids.numel();
            var batch = new TableBatch(Tensor.zeros(rows, 0), ids.view(rows, 1), List.of(),
                    Tensor.of(new long[0], rows, 0), null);
            var threads = ManagementFactory.getThreadMXBean();
            long start = threads.getCurrentThreadCpuTime();
            adam.zeroGrad();
            table.forward(batch).sum().backward();
            adam.step();
            return (threads.getCurrentThreadCpuTime() - start) / 1e6;
        }
    }

    private static double median(double[] values, int from) {
        double[] sorted = Arrays.copyOfRange(values, from, values.length);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
