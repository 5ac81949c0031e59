package dev.merapi.parallel;

import dev.merapi.data.Batch;
import dev.merapi.data.BatchSource;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.io.Safetensors;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerEncoderLayer;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.nn.Unary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Listener;
import dev.merapi.train.Strategy;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FullyShardedDataParallelTest {
    private static final Predicate<Layer> BLOCKS = layer -> layer instanceof TransformerEncoderLayer;

    @TempDir Path folder;

    /** Sequences of 3 vectors to one of 3 classes: sizes that 4 ranks do not divide. */
    private static final class Model extends Layer implements Unary {
        final Linear in = new Linear(2, 6);
        final TransformerEncoder blocks = new TransformerEncoder(3, 6, 2, 10, TransformerOptions.DEFAULT.dropout(0));
        final Linear out = new Linear(6, 3);

        @Override public Tensor forward(Tensor x) {
            return out.forward(blocks.forward(in.forward(x)).mean(1));
        }
    }

    private static synchronized Model model() {
        Torch.seed(1);
        var model = new Model();
        model.to(DType.FLOAT64); // Adam makes much of rounding where a gradient is 0, as that of the keys' bias
        return model;
    }

    private static Dataset<Batch> data() {
        return Dataset.of(Tensor.arange(48 * 6).to(DType.FLOAT64).sin().view(48, 3, 2), Tensor.arange(48).remainder(3));
    }

    private static Loader<Batch> loader(int batch) { return loader(data(), batch); }

    private static Loader<Batch> loader(Dataset<Batch> data, int batch) {
        return Loader.of(data, batch).shuffle(3).workers(0);
    }

    private static Trainer<Batch> trainer(Model model) {
        return Trainer.of(Classification.of(model, 3)).clipNorm(0.5).epochs(2);
    }

    private static float[] weights(Model model) {
        return Tensor.cat(model.params().values().stream().map(p -> p.detach().flatten()).toList(), 0).toFloats();
    }

    private static AdamW adamW(List<ParamGroup> groups) { return new AdamW(groups, 0.01); }

    @ParameterizedTest
    @CsvSource({"1, true, 1", "2, true, 1", "2, false, 1", "4, true, 2", "4, false, 2"})
    void ranksEndWithTheWeightsOfOne(int world, boolean shardWeights, int accumulate) throws Exception {
        var expected = model();
        var run = trainer(expected).optimizer(m -> new Sgd(ParamGroup.decayMatrices(m), 0.3, SGD))
                .accumulate(accumulate).fit(loader(4 * world), loader(48));
        for (Model model : Ranks.all(world, group -> {
            var model1 = model();
            try (var sharded = FullyShardedDataParallel.of(group, BLOCKS).shardWeights(shardWeights)) {
                var sgd = trainer(model1).accumulate(accumulate).strategy(sharded).optimizer(m -> sharded.optimizer(
                        ParamGroup.decayMatrices(m), groups -> new Sgd(groups, 0.3, SGD)));
                assertEquals(run.last().value("loss"), sgd.fit(loader(4), loader(48)).last().value("loss"), 1e-5);
                sharded.gather();
            }
            return model1;
        })) {
            assertArrayEquals(weights(expected), weights(model), 1e-6f);
        }
    }

    private static final Sgd.Options SGD = Sgd.Options.DEFAULT.momentum(0.9).weightDecay(0.01);

    @Test void adamWEndsWithTheWeightsOfOne() throws Exception {
        var expected = model();
        trainer(expected).optimizer(m -> adamW(ParamGroup.decayMatrices(m))).fit(loader(8));
        for (float[] weights : Ranks.all(2, group -> fit(group, null, 0))) {
            assertArrayEquals(weights(expected), weights, 1e-6f);
        }
    }

    private static float[] fit(ProcessGroup group, Path run, int stop) {
        var model = model();
        try (var sharded = FullyShardedDataParallel.of(group, BLOCKS)) {
            var trainer = trainer(model).strategy(sharded)
                    .optimizer(m -> sharded.optimizer(ParamGroup.decayMatrices(m), g -> adamW(g)));
            if (run != null) trainer.checkpoints(run, 1).resume();
            trainer.listen(new Listener() {
                @Override public void step(Step step) { if (step.step() == stop) trainer.stop(); }
            });
            trainer.fit(loader(4));
            sharded.gather();
        }
        return weights(model);
    }

    /** The weights of the joint batch, where rank 0 alone built the model, and where nobody did but a file has it. */
    @ParameterizedTest
    @CsvSource({"2, true", "4, true", "2, false", "4, false"})
    void aModelWithoutMemoryIsFilledPartByPart(int world, boolean fromRank0) throws Exception {
        var expected = model();
        Path file = folder.resolve("model.safetensors");
        Safetensors.save(expected, file);
        trainer(expected).optimizer(m -> adamW(ParamGroup.decayMatrices(m))).fit(loader(4 * world));
        for (float[] weights : Ranks.all(world, group -> {
            var model = fromRank0 && group.rank() == 0 ? model() : metaModel();
            var filled = FullyShardedDataParallel.of(group, BLOCKS).weights(fromRank0 ? null : file);
            try (var sharded = filled) {
                trainer(model).strategy(sharded).optimizer(m -> sharded.optimizer(ParamGroup.decayMatrices(m),
                        g -> adamW(g))).fit(loader(4));
                sharded.gather();
            }
            return weights(model);
        })) {
            assertArrayEquals(weights(expected), weights, 1e-6f);
        }
    }

    private static Model metaModel() {
        try (var _ = Torch.on(Device.META, DType.FLOAT64)) {
            return new Model();
        }
    }

    @Test void aModelThatNobodyHasIsRefused() throws Exception {
        for (var rank : Ranks.threads(2, Duration.ofMinutes(1), group -> {
            try (var sharded = FullyShardedDataParallel.of(group, BLOCKS)) {
                return trainer(metaModel()).strategy(sharded).optimizer(m -> new Sgd(m, 0.1)).fit(loader(4));
            }
        })) {
            String message = Ranks.failure(rank);
            assertTrue(message.startsWith("FullyShardedDataParallel: expected values of blocks.layers.0."), message);
            assertTrue(message.contains(" on rank 0. Received a parameter on meta; build the model there"), message);
        }
    }

    /** What it leaves is one whole model, though no rank had one; and blocks have no values when it is closed. */
    @Test void weightsAreSavedWhole() throws Exception {
        var run = folder.resolve("run");
        var all = Ranks.all(2, group -> {
            var model = model();
            try (var sharded = FullyShardedDataParallel.of(group, BLOCKS)) {
                trainer(model).strategy(sharded).folder(run).optimizer(m -> sharded.optimizer(
                        ParamGroup.decayMatrices(m), g -> adamW(g))).earlyStopping("train_loss", 3).fit(loader(4));
            }
            assertEquals(Device.META, model.blocks.params().values().iterator().next().device());
            assertEquals(Device.CPU, model.out.params().get("weight").device());
            return model.out.params().get("weight").toFloats();
        });
        var opened = metaModel();
        Safetensors.load(opened, run.resolve("model.safetensors"));
        assertArrayEquals(all.getFirst(), opened.out.params().get("weight").toFloats());
        var expected = model();
        trainer(expected).optimizer(m -> adamW(ParamGroup.decayMatrices(m))).fit(loader(8));
        assertArrayEquals(weights(expected), weights(opened), 1e-6f);
    }

    /** Between steps a rank has its shards, the rest of the model, and nothing of the blocks. */
    @Test void memoryFallsWithTheNumberOfRanks() throws Exception {
        long inBlocks = model().blocks.parameterCount();
        long outside = model().parameterCount() - inBlocks;
        for (int world : new int[] {2, 4}) {
            for (long[] elements : Ranks.all(world, group -> {
                var model = model();
                try (var sharded = FullyShardedDataParallel.of(group, BLOCKS)) {
                    var counted = new long[2];
                    Function<List<ParamGroup>, AdamW> make = groups -> {
                        counted[0] = groups.stream().flatMap(g -> g.params().values().stream())
                                .mapToLong(Tensor::numel).sum();
                        return adamW(groups);
                    };
                    var watched = new ArrayList<Long>();
                    var strategy = new Watched(sharded, () -> watched.add(model.blocks.params().values().stream()
                            .filter(p -> p.strides()[0] != 0).mapToLong(Tensor::numel).sum()));
                    trainer(model).strategy(strategy)
                            .optimizer(m -> sharded.optimizer(ParamGroup.decayMatrices(m), make::apply)).fit(loader(4));
                    counted[1] = watched.stream().mapToLong(n -> n).max().orElseThrow();
                    return counted;
                }
            })) {
                long least = (inBlocks + outside + world - 1) / world;
                assertTrue(elements[0] >= least && elements[0] < least + 100, elements[0] + " of " + least);
                assertEquals(0, elements[1], "weights of blocks between steps");
            }
        }
    }

    /** Looks on after each update. */
    private record Watched(Strategy inner, Runnable look) implements Strategy {
        @Override public int rank() { return inner.rank(); }
        @Override public int world() { return inner.world(); }
        @Override public void prepare(Layer model) { inner.prepare(model); }
        @Override public <B> BatchSource<B> prepare(BatchSource<B> train) {
            return inner.prepare(train);
        }
        @Override public void reduce(List<Param> params) { inner.reduce(params); }
        @Override public List<Param> parts(List<Param> params) {
            return inner.parts(params);
        }
        @Override public Tensor clip(List<Param> parts, double max) { return inner.clip(parts, max); }
        @Override public void updated(Layer model) {
            inner.updated(model);
            look.run();
        }
        @Override public void settle(Layer model) { inner.settle(model); }
        @Override public boolean givesValues() { return inner.givesValues(); }
        @Override public double sum(double value) { return inner.sum(value); }
        @Override public double max(double value) { return inner.max(value); }
        @Override public List<String> gather(String text) { return inner.gather(text); }
        @Override public void fail() { inner.fail(); }
    }

    @Test void aCheckpointOfFourRanksGoesOnWithTwoAndOne() throws Exception {
        var runs = List.of(folder.resolve("two"), folder.resolve("one"));
        for (Path run : runs) {
            Ranks.all(4, group -> fit(group, run, 2)); // of 3 steps in an epoch
            assertTrue(Files.exists(run.resolve("checkpoints/step-000000002/optimizer-3.safetensors")));
        }
        var two = Ranks.all(2, group -> fit(group, runs.get(0), 0));
        var one = Ranks.all(1, group -> fit(group, runs.get(1), 0));
        // the passes differ, of 8 and of 4 samples: each is compared with plain data parallelism from the same place
        for (int world : new int[] {2, 1}) {
            Path plain = folder.resolve("plain" + world);
            Ranks.all(4, group -> plain(group, plain, 2));
            var expected = Ranks.all(world, group -> plain(group, plain, 0)).getFirst();
            for (float[] weights : world == 2 ? two : one) assertArrayEquals(expected, weights, 1e-6f);
        }
    }

    private static float[] plain(ProcessGroup group, Path run, int stop) {
        var model = model();
        try (var parallel = DataParallel.of(group)) {
            var trainer = trainer(model).strategy(parallel).checkpoints(run, 1).resume()
                    .optimizer(m -> adamW(ParamGroup.decayMatrices(m)));
            trainer.listen(new Listener() {
                @Override public void step(Step step) { if (step.step() == stop) trainer.stop(); }
            });
            trainer.fit(loader(4));
        }
        return weights(model);
    }

    @Test void layersThatAreNoBlocksAreRefused() throws Exception {
        var none = Ranks.threads(2, Duration.ofMinutes(1), group -> refused(group, layer -> false));
        assertEquals("FullyShardedDataParallel: expected some layers to be blocks. Received Model without any.",
                Ranks.failure(none.get(0)));
        var others = Ranks.threads(2, Duration.ofMinutes(1), group -> refused(group, layer -> layer instanceof Linear l
                && l.params().get("weight").size(0) == 3));
        assertTrue(Ranks.failure(others.get(1)).contains("expected blocks that the model runs by Blocks.run(x, layers"),
                Ranks.failure(others.get(1)));
    }

    private static Object refused(ProcessGroup group, Predicate<Layer> blocks) {
        try (var sharded = FullyShardedDataParallel.of(group, blocks)) {
            return trainer(model()).strategy(sharded).optimizer(m -> sharded.optimizer(ParamGroup.decayMatrices(m),
                    groups -> adamW(groups))).fit(loader(4));
        }
    }

    @Test void unequalNumbersOfBatchesAndAveragesAreRefused() throws Exception {
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            try (var sharded = FullyShardedDataParallel.of(group, BLOCKS)) {
                return trainer(model()).strategy(sharded).optimizer(m -> sharded.optimizer(
                        ParamGroup.decayMatrices(m), groups -> adamW(groups))).fit(loader(16)); // of 48
            }
        });
        assertEquals("FullyShardedDataParallel: expected as many batches on each rank, as blocks wait for all of them."
                + " Received 2 on rank 0; drop some samples or choose another batch size.",
                Ranks.failure(ranks.get(0)));
        var average = Ranks.threads(1, Duration.ofMinutes(1), group -> {
            try (var sharded = FullyShardedDataParallel.of(group, BLOCKS)) {
                return trainer(model()).strategy(sharded).ema(0.9).optimizer(m -> sharded.optimizer(
                        ParamGroup.decayMatrices(m), groups -> adamW(groups))).fit(loader(16));
            }
        });
        assertTrue(Ranks.failure(average.get(0)).startsWith("Trainer.ema: expected a strategy that keeps all weights"));
    }

    @Test void nothingStaysAlive() throws Exception {
        var data = data();
        long before = Scope.live();
        Ranks.all(2, group -> {
            try (var model = model(); var sharded = FullyShardedDataParallel.of(group, BLOCKS); var _ = Scope.open()) {
                trainer(model).strategy(sharded).optimizer(m -> sharded.optimizer(ParamGroup.decayMatrices(m),
                        groups -> adamW(groups))).fit(loader(data, 4));
            }
            return null;
        });
        assertTrue(Scope.live() <= before, Scope.live() + " instead of " + before);
    }
}
