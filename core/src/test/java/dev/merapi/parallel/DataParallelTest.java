package dev.merapi.parallel;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Pass;
import dev.merapi.train.Run;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DataParallelTest {
    private static final int BATCH = 4;

    /** Points, some without a label, so that ranks' parts weigh differently. */
    private static Dataset<Batch> data(int count) {
        var x = new float[2 * count];
        var labels = new long[count];
        for (int i = 0; i < count; i++) {
            x[2 * i] = (float) Math.sin(i);
            x[2 * i + 1] = (float) Math.cos(3 * i);
            labels[i] = i % 5 == 0 ? -100 : i % 3;
        }
        return Dataset.of(Tensor.of(x, count, 2), Tensor.of(labels));
    }

    /** Points whose label says where they lie. */
    private static Dataset<Batch> quarters(int count) {
        var x = new float[2 * count];
        var labels = new long[count];
        for (int i = 0; i < count; i++) {
            x[2 * i] = (float) Math.sin(i);
            x[2 * i + 1] = (float) Math.cos(3 * i);
            labels[i] = x[2 * i] < 0 ? 2 : x[2 * i + 1] < 0 ? 1 : 0;
        }
        return Dataset.of(Tensor.of(x, count, 2), Tensor.of(labels));
    }

    private static synchronized Sequential plain(long seed) {
        Torch.seed(seed);
        return new Sequential(new Linear(2, 8), Tensor::tanh, new Linear(8, 8), Tensor::tanh, new Linear(8, 3));
    }

    private static synchronized Sequential normed(long seed) {
        Torch.seed(seed);
        return new Sequential(new Linear(2, 8), new BatchNorm1d(8), Tensor::tanh, new Linear(8, 8), new BatchNorm1d(8),
                Tensor::tanh, new Linear(8, 3));
    }

    /** Norms in float64, for each step's rounding goes on into the next. */
    private static Sequential exactly(long seed) {
        var model = normed(seed);
        model.to(DType.FLOAT64);
        return new Sequential(x -> x.to(DType.FLOAT64), model);
    }

    private static Trainer<Batch> trainer(Sequential model) {
        return Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 0.3, 0.9)).clipNorm(0.5).epochs(3);
    }

    /** What a fit left: its weights by name, and the last epoch's values. */
    private record Left(Map<String, float[]> weights, Map<String, Double> values, long steps) {
        static Left of(Sequential model, Run run) {
            var weights = new TreeMap<String, float[]>();
            model.tensors().forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
            return new Left(weights, run.last().values(), run.steps());
        }

        void assertIs(Left other, float margin) {
            assertEquals(weights.keySet(), other.weights.keySet());
            weights.forEach((name, values) -> assertArrayEquals(values, other.weights.get(name), margin, name));
            assertEquals(steps, other.steps);
            values.forEach((name, value) -> assertEquals(value, other.values.get(name), 2 * margin, name));
        }
    }

    private static Left alone(Function<Long, Sequential> make, int count, int batch, int accumulate) {
        var model = make.apply(1L);
        return Left.of(model, trainer(model).accumulate(accumulate).fit(loader(count, batch), loader(count, count)));
    }

    private static Loader<Batch> loader(int count, int batch) { return Loader.of(data(count), batch).workers(0); }

    private static List<Left> ranks(int world, Function<Long, Sequential> make, int count, int accumulate,
            DataParallel.Options options) throws Exception {
        return Ranks.all(world, group -> {
            var model = make.apply(1L + group.rank()); // all get the first's
            try (var parallel = DataParallel.of(group, options)) {
                return Left.of(model, trainer(model).accumulate(accumulate).strategy(parallel)
                        .fit(loader(count, BATCH), loader(count, count)));
            }
        });
    }

    /** Also where the last step has batches for some ranks alone: 40 samples are 10 batches. */
    @ParameterizedTest
    @CsvSource({"1, 1, true", "2, 1, true", "2, 3, true", "4, 1, true", "4, 2, true", "2, 2, false"})
    void ranksLearnWhatOneWouldFromTheJointBatch(int world, int accumulate, boolean overlap) throws Exception {
        var expected = alone(DataParallelTest::plain, 40, BATCH * world, accumulate);
        var options = DataParallel.Options.DEFAULT.overlap(overlap).bucketBytes(200); // several buckets
        for (Left rank : ranks(world, DataParallelTest::plain, 40, accumulate, options)) {
            rank.assertIs(expected, 1e-6f);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "4, 3"})
    void synchronizedNormsSeeTheJointBatch(int world, int accumulate) throws Exception {
        var expected = alone(DataParallelTest::exactly, 48, BATCH * world, accumulate);
        for (Left rank : ranks(world, DataParallelTest::exactly, 48, accumulate, DataParallel.Options.DEFAULT)) {
            rank.assertIs(expected, 1e-6f);
        }
    }

    @Test void withoutSynchronizedNormsTheRunningStatisticsAreTheMean() throws Exception {
        var options = DataParallel.Options.DEFAULT.synchronizeNorms(false);
        var ranks = ranks(2, DataParallelTest::normed, 48, 1, options);
        ranks.get(1).assertIs(ranks.get(0), 0);
    }

    @Test void synchronizedNormsTakeAsManyBatchesOnEachRank() throws Exception {
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            try (var parallel = DataParallel.of(group)) {
                return trainer(normed(1)).strategy(parallel).fit(loader(12, BATCH));
            }
        });
        for (int rank = 0; rank < 2; rank++) {
            assertEquals("DataParallel: expected as many batches on each rank, as batch norms wait for all of them."
                    + " Received " + (2 - rank) + " on rank " + rank + "; drop some samples, choose another batch size,"
                    + " or use DataParallel.Options.synchronizeNorms(false).", Ranks.failure(ranks.get(rank)));
        }
    }

    /** Of a parameter that no rank uses there is no gradient, so that weight decay leaves it alone. */
    @Test void normsAreSynchronizedWhereEachRankHasAsManyBatches() {
        assertTrue(DataParallel.Options.fitting(normed(1), () -> loader(16, BATCH), 2).synchronizeNorms());
        assertFalse(DataParallel.Options.fitting(normed(1), () -> loader(12, BATCH), 2).synchronizeNorms());
        assertTrue(DataParallel.Options.fitting(plain(1), () -> {
            throw new AssertionError("not needed");
        }, 2).synchronizeNorms());
    }

    @Test void whatOneRankUsesAllLearnAndWhatNoneUsesStays() throws Exception {
        var results = Ranks.all(2, group -> {
            var model = new Switched(group.rank());
            try (var parallel = DataParallel.of(group)) {
                var task = new Task<Batch>() {
                    @Override public Layer model() { return model; }
                    @Override public Pass forward(Batch batch) {
                        return Pass.of(model.forward(batch.x()).square().mean(), batch.x().size(0));
                    }
                };
                Trainer.of(task).optimizer(m -> new Sgd(m, 0.1, Sgd.Options.DEFAULT.weightDecay(0.1))).epochs(4)
                        .strategy(parallel).fit(loader(16, BATCH));
                return model.params().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                        e -> e.getValue().toFloats()));
            }
        });
        for (var weights : results) {
            assertEquals(1, weights.get("unused")[0]);
            for (String used : List.of("ofFirst", "ofSecond")) {
                String name = used.equals("ofFirst") ? "of_first" : "of_second";
                assertTrue(weights.get(name)[0] < 0.99, name);
                assertEquals(results.get(0).get(name)[0], weights.get(name)[0]);
            }
        }
    }

    private static final class Switched extends Layer {
        final Param ofFirst = param(Init.ones(), 2);
        final Param ofSecond = param(Init.ones(), 2);
        final Param unused = param(Init.ones(), 2);
        private final int rank;

        Switched(int rank) { this.rank = rank; }

        Tensor forward(Tensor x) { return x.mul(rank == 0 ? ofFirst : ofSecond); }
    }

    @Test void aNanOnOneRankEndsAll() throws Exception {
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            var data = data(32).map(batch -> group.rank() == 0 ? batch
                    : new Batch(batch.x().mul(Double.NaN), batch.y()));
            try (var parallel = DataParallel.of(group)) {
                return trainer(plain(1)).strategy(parallel).fit(Loader.of(data, BATCH).workers(0));
            }
        });
        String said = Ranks.failure(ranks.get(1));
        assertTrue(said.startsWith("Trainer: step 1 of epoch 1: the loss is NaN. The batch itself has a NaN"), said);
        String heard = Ranks.failure(ranks.get(0));
        assertTrue(heard.contains("has failed. What went wrong is said there."), heard);
    }

    @Test void moreRanksThanBatchesAreRefused() throws Exception {
        var ranks = Ranks.threads(3, Duration.ofMinutes(1), group -> {
            try (var parallel = DataParallel.of(group)) {
                return trainer(plain(1)).strategy(parallel).fit(loader(2 * BATCH, BATCH));
            }
        });
        assertEquals("DataParallel: expected at least one batch on each rank. Received none on rank 2 of 3; take fewer"
                + " ranks or smaller batches.", Ranks.failure(ranks.get(2)));
        for (int rank = 0; rank < 2; rank++) {
            String message = Ranks.failure(ranks.get(rank));
            assertTrue(message.matches("ProcessGroup: rank 2 \\(process .*\\) has failed. What went wrong is said"
                    + " there."), message);
        }
    }

    /** One that cannot open its data, say. */
    @Test void whoLeavesBeforeTheFitIsNamed() throws Exception {
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            if (group.rank() == 1) throw new IllegalArgumentException("there is no file here");
            try (var parallel = DataParallel.of(group)) {
                return trainer(plain(1)).strategy(parallel).fit(loader(32, BATCH));
            }
        });
        assertEquals("there is no file here", Ranks.failure(ranks.get(1)));
        assertTrue(Ranks.failure(ranks.get(0)).matches("ProcessGroup: rank 1 \\(process .*\\) has left before call 0,"
                + " gather. If it did not end well, what went wrong is said there."), Ranks.failure(ranks.get(0)));
    }

    @Test void otherModelsAndBucketsAreRefused() throws Exception {
        var models = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            try (var parallel = DataParallel.of(group)) {
                return trainer(group.rank() == 0 ? plain(1) : normed(1)).strategy(parallel).fit(loader(32, BATCH));
            }
        });
        assertTrue(Ranks.failure(models.get(0)).contains("expected the same model on all ranks. Received\n  rank 0"));
        var buckets = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            var options = DataParallel.Options.DEFAULT.bucketBytes(group.rank() == 0 ? 100 : 1000);
            try (var parallel = DataParallel.of(group, options)) {
                return trainer(plain(1)).strategy(parallel).fit(loader(32, BATCH));
            }
        });
        assertTrue(Ranks.failure(buckets.get(1)).contains("DataParallel's plan"), Ranks.failure(buckets.get(1)));
    }

    /** Adam's steps divide by the gradient's size, so that what is rounded shows little: here by Sgd. */
    @Test void bfloat16GradientsLearnNearlyTheSame() throws Exception {
        var exact = alone(DataParallelTest::plain, 40, 2 * BATCH, 1);
        var options = DataParallel.Options.DEFAULT.compression(Compression.bfloat16());
        var ranks = ranks(2, DataParallelTest::plain, 40, 1, options);
        ranks.get(0).assertIs(exact, 0.03f);
        ranks.get(1).assertIs(ranks.get(0), 0);
    }

    /** What is left out of a step comes later: the losses end close together, though a tenth is sent. */
    @Test void aTenthOfTheGradientsLearnsToo() throws Exception {
        var options = DataParallel.Options.DEFAULT.compression(Compression.topK(0.1)).bucketBytes(200);
        var losses = Ranks.all(2, group -> {
            try (var parallel = DataParallel.of(group, options)) {
                return trainer(plain(1)).strategy(parallel).fit(Loader.of(quarters(240), BATCH).workers(0)).last();
            }
        });
        double exact = trainer(plain(1)).fit(Loader.of(quarters(240), 2 * BATCH).workers(0)).last().value("train_loss");
        double learnt = losses.get(0).value("train_loss");
        assertTrue(exact < 0.5, "it can be learnt: " + exact);
        assertTrue(learnt < exact + 0.3, learnt + " instead of " + exact);
        assertEquals(learnt, losses.get(1).value("train_loss"));
    }

    /** A gradient of few samples has their number as its rank: what is sent, 2 to 4 of 16, is then all of it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void powerSgdIsExactWhereGradientsHaveItsRank(int batch) throws Exception {
        var data = quarters(24);
        var expected = wide();
        wideTrainer(expected).fit(Loader.of(data, 2 * batch).workers(0));
        var options = DataParallel.Options.DEFAULT.compression(Compression.powerSgd(2 * batch)).bucketBytes(1500);
        for (float[] weights : Ranks.all(2, group -> {
            var model = wide();
            try (var parallel = DataParallel.of(group, options)) {
                wideTrainer(model).strategy(parallel).fit(Loader.of(data, batch).workers(0));
            }
            return flat(model);
        })) {
            assertArrayEquals(flat(expected), weights, 2e-5f);
        }
    }

    private static float[] flat(Sequential model) {
        return Tensor.cat(model.params().values().stream().map(p -> p.detach().flatten()).toList(), 0).toFloats();
    }

    private static synchronized Sequential wide() {
        Torch.seed(1);
        return new Sequential(new Linear(2, 16), Tensor::tanh, new Linear(16, 16), Tensor::tanh, new Linear(16, 3));
    }

    private static Trainer<Batch> wideTrainer(Sequential model) {
        return Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 0.1, 0.9)).epochs(1);
    }

    /** What a thin matrix lacks comes later. */
    @Test void powerSgdOfRankOneLearnsToo() throws Exception {
        var options = DataParallel.Options.DEFAULT.compression(Compression.powerSgd(1)).bucketBytes(200);
        var losses = Ranks.all(2, group -> {
            try (var parallel = DataParallel.of(group, options)) {
                return trainer(plain(1)).strategy(parallel).fit(Loader.of(quarters(240), BATCH).workers(0)).last();
            }
        });
        double exact = trainer(plain(1)).fit(Loader.of(quarters(240), 2 * BATCH).workers(0)).last().value("train_loss");
        double learnt = losses.get(0).value("train_loss");
        assertTrue(learnt < exact + 0.3, learnt + " instead of " + exact);
        assertEquals(learnt, losses.get(1).value("train_loss"));
    }

    @Test void nothingStaysAlive() throws Exception {
        var data = data(48);
        long before = Scope.live();
        Ranks.all(2, group -> {
            try (var model = normed(1); var parallel = DataParallel.of(group); var _ = Scope.open()) {
                trainer(model).strategy(parallel).fit(Loader.of(data, BATCH).workers(0));
            }
            return null;
        });
        assertTrue(Scope.live() <= before, Scope.live() + " instead of " + before);
    }
}
