package dev.merapi.cluster;

import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Epoch;
import dev.merapi.train.Listener;
import dev.merapi.train.Regression;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SparkRanksTest {
    private static SparkSession spark;

    @TempDir Path folder;

    @BeforeAll static void start() {
        spark = SparkSession.builder().master("local[2,4]").appName("merapi").config("spark.ui.enabled", false)
                .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", 1)
                .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s").getOrCreate();
    }

    @AfterAll static void stop() { spark.stop(); }

    @Test void ranksMeetInABarrierStage() {
        assertEquals(List.of("0 of 2: 3.0", "1 of 2: 3.0"), SparkRanks.on(spark, 2).run((group, numbers) ->
                group.rank() + " of " + group.world() + ": " + group.sum(numbers.getFirst() + 1)));
    }

    private static Dataset<Row> line() {
        var rows = IntStream.range(0, 90).mapToObj(i -> RowFactory.create(i / 90.0, 3 * i / 90.0 - 1)).toList();
        return spark.createDataFrame(rows, new StructType().add("x", DataTypes.DoubleType)
                .add("y", DataTypes.DoubleType));
    }

    /** A line through points in a frame: y = 3 x − 1. */
    @Test void aFrameIsLearntByItsRows() {
        var weights = SparkRanks.on(spark, 2).run(line(), new Fit(folder.toString(), false));
        for (float[] line : weights) assertArrayEquals(new float[] {3, -1}, line, 0.1f);
        assertArrayEquals(weights.get(0), weights.get(1));
    }

    @Test void aStageWhoseRankFailsIsTriedAgainFromTheLastCheckpoint() throws Exception {
        var undisturbed = SparkRanks.on(spark, 2).run(line(), new Fit(folder.resolve("a").toString(), false));
        var recovered = SparkRanks.on(spark, 2).run(line(), new Fit(folder.resolve("b").toString(), true));
        assertEquals("2", Files.readString(folder.resolve("b/attempts")), "the first failed");
        for (int rank = 0; rank < 2; rank++) assertArrayEquals(undisturbed.get(rank), recovered.get(rank));
    }

    @Test void moreRanksThanCoresAreRefused() {
        String message = assertThrows(IllegalStateException.class, () ->
                SparkRanks.on(spark, 3).run((group, _) -> group.rank())).getMessage();
        assertEquals("SparkRanks: expected 3 free cores, one for each rank. Received fewer from local[2,4]; take fewer"
                + " ranks or a larger cluster.", message);
    }

    /** The slope and the height of a line. */
    private record Fit(String folder, boolean fails) implements RankWork<Row, float[]> {
        @Override public float[] run(ProcessGroup group, List<Row> rows) throws IOException {
            var x = new float[rows.size()];
            var y = new float[rows.size()];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) rows.get(i).getDouble(0);
                y[i] = (float) rows.get(i).getDouble(1);
            }
            var data = dev.merapi.data.Dataset.of(Tensor.of(x, x.length, 1), Tensor.of(y, y.length, 1));
            int attempt = BarrierTaskContext.get().stageAttemptNumber();
            try (var model = new Sequential(new Linear(1, 1));
                    var parallel = DataParallel.of(group, DataParallel.Options.DEFAULT.ownData(true))) {
                try (var _ = Torch.noGrad()) {
                    model.params().values().forEach(param -> param.fill_(0.5));
                }
                Trainer.of(Regression.of(model)).optimizer(m -> new Sgd(m, 0.3)).epochs(40).strategy(parallel)
                        .folder(Path.of(folder)).resume().listen(new Listener() {
                            @Override public void epoch(Epoch epoch) {
                                if (fails && attempt == 0 && epoch.epoch() == 20) {
                                    throw new IllegalStateException("a rank is lost");
                                }
                            }
                        }).fit(Loader.of(data, 10).workers(0));
                if (group.rank() == 0) Files.writeString(Path.of(folder, "attempts"), "" + (attempt + 1));
                return new float[] {(float) model.params().get("0.weight").item(),
                    (float) model.params().get("0.bias").item()};
            }
        }
    }
}
