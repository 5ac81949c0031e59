package dev.merapi.tabular;

import com.sun.management.OperatingSystemMXBean;
import dev.merapi.data.Loader;
import dev.merapi.optim.Adam;
import dev.merapi.tabular.data.Feature;
import dev.merapi.tabular.data.Features;
import dev.merapi.tabular.data.Table;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.TablePreprocessing;
import dev.merapi.tabular.data.TableStream;
import dev.merapi.tabular.model.DeepFm;
import dev.merapi.tabular.model.DeepOptions;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tabular.recommend.Interactions;
import dev.merapi.tabular.recommend.LightGcn;
import dev.merapi.tabular.recommend.Objective;
import dev.merapi.tabular.recommend.RankingTask;
import dev.merapi.train.Listener;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whole epochs: how many rows a second, and that memory does not grow with them. */
@Tag("proof")
class EpochProofTest {
    private static final int ROWS = 1_000_000;
    private static final int NUMBERS = 10;
    private static final int CATEGORIES = 16;
    private static final int BATCH = 1024;

    @TempDir Path folder;

    /** The process's memory in MiB, at a tenth of the steps and at the end. */
    private static final class Memory implements Listener {
        private final long steps;
        private double early;
        private double late;

        Memory(long steps) { this.steps = steps; }

        @Override public void step(Step step) {
            if (step.step() == steps / 10) early = held();
            if (step.step() == steps) late = held();
        }

        static double held() {
            try (var lines = Files.lines(Path.of("/proc/self/status"))) {
                return lines.filter(line -> line.startsWith("VmRSS")).findFirst()
                        .map(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024.0).orElse(0.0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static double processors() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
    }

    /** DeepFM on a million clicks, in memory and read part by part from a Parquet file. */
    @Test void deepFmOnAMillionRows() throws SQLException {
        Path file = folder.resolve("clicks.parquet");
        String columns = Stream.concat(IntStream.range(0, NUMBERS).mapToObj(i -> "random() as x" + i),
                IntStream.range(0, CATEGORIES).mapToObj(i -> "cast(random() * 9999 as integer) as c" + i))
                .reduce((a, b) -> a + ", " + b).orElseThrow();
        try (var duck = DriverManager.getConnection("jdbc:duckdb:"); var sql = duck.createStatement()) {
            sql.execute("copy (select " + columns + ", cast(random() * 1.2 as integer) as click from range(" + ROWS
                    + ")) to '" + file + "' (format parquet)");
        }
        var features = new ArrayList<Feature>();
        for (int i = 0; i < NUMBERS; i++) features.add(Feature.number("x" + i));
        for (int i = 0; i < CATEGORIES; i++) features.add(Feature.category("c" + i));
        var table = Table.read(file);
        var preprocessing = TablePreprocessing.fit(new Features(features, "click", true), table);
        var rows = preprocessing.rows(table.frame());
        assertEquals(ROWS, rows.size());
        epoch("in memory", preprocessing, trainer -> {
            try (var loader = Loader.of(rows, BATCH).shuffle(1)) {
                trainer.fit(loader);
            }
        });
        epoch("from the file", preprocessing, trainer -> {
            try (var loader = TableStream.shuffled(table, preprocessing, BATCH, 100_000, 1)) {
                trainer.fit(loader);
            }
        });
    }

    private interface Fit {
        void run(Trainer<TableBatch> trainer);
    }

    private static void epoch(String from, TablePreprocessing preprocessing, Fit fit) {
        var model = new DeepFm(preprocessing.inputs(), 1, new DeepOptions(16, List.of(128, 64), 0, false));
        try (model) {
            var memory = new Memory(Math.ceilDiv(ROWS, BATCH));
            var trainer = Trainer.of(TableTask.of(model, preprocessing.target())).optimizer(m -> new Adam(m, 1e-3))
                    .epochs(1).listen(memory);
            long start = System.nanoTime();
            double before = processors();
            fit.run(trainer);
            double seconds = (System.nanoTime() - start) / 1e9, work = processors() - before;
            System.out.printf("DeepFM, %s: %,.0f rows/s, %,.0f for a second of all processors; %.0f MiB after a tenth,"
                    + " %.0f at the end%n", from, ROWS / seconds, ROWS / work, memory.early, memory.late);
            assertTrue(memory.late < 1.1 * memory.early, memory.early + " " + memory.late);
        }
    }

    /** LightGCN of three layers and 64 numbers on 100,000 interactions of 1,000 users with 5,000 items. */
    @Test void lightGcnOnAHundredThousandInteractions() {
        var frame = Table.sql("select distinct u, cast(floor(pow(random(), 3) * 5000) as integer) as i from"
                + " (select (n % 1000) as u from range(160000) t(n)) s order by u, i limit 100000").frame();
        var train = Interactions.of(frame, Interactions.Columns.of("u", "i"));
        try (var model = new LightGcn(train, 64, 3)) {
            var task = RankingTask.of(model, train, Objective.BPR).l2(1e-4);
            try (var loader = task.train(2048, 1, 1)) {
                var times = new double[3];
                var work = new double[times.length];
                for (int i = 0; i < times.length; i++) {
                    long start = System.nanoTime();
                    double before = processors();
                    Trainer.of(task).optimizer(m -> new Adam(m, 1e-3)).epochs(1).fit(loader);
                    times[i] = (System.nanoTime() - start) / 1e9;
                    work[i] = processors() - before;
                }
                System.out.printf("LightGCN, %s: %.2f s an epoch, %.2f of all processors together%n", train,
                        Arrays.stream(times).min().orElseThrow(), Arrays.stream(work).min().orElseThrow());
            }
        }
    }
}
