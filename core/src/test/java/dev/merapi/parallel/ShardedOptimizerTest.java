package dev.merapi.parallel;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Listener;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ShardedOptimizerTest {
    @TempDir Path folder;

    private static synchronized Sequential model() {
        Torch.seed(1);
        return new Sequential(new Linear(2, 16), Tensor::tanh, new Linear(16, 16), Tensor::tanh, new Linear(16, 3));
    }

    private static Loader<Batch> loader(int batch) {
        var x = Tensor.arange(96).to(model().dtype()).sin().view(48, 2);
        return Loader.of(Dataset.of(x, Tensor.arange(48).remainder(3)), batch).shuffle(3).workers(0);
    }

    private static Optimizer sharded(ProcessGroup group, Layer model) {
        return ShardedOptimizer.of(group, ParamGroup.decayMatrices(model), groups -> new AdamW(groups, 0.01));
    }

    private static Trainer<Batch> trainer(Sequential model, Function<Layer, Optimizer> optimizer) {
        return Trainer.of(Classification.of(model, 3)).optimizer(optimizer).clipNorm(0.5).epochs(2);
    }

    private static float[] weights(Sequential model) {
        return Tensor.cat(model.params().values().stream().map(p -> p.detach().flatten()).toList(), 0).toFloats();
    }

    private static float[] alone(int batch) {
        var model = model();
        trainer(model, m -> new AdamW(ParamGroup.decayMatrices(m), 0.01)).fit(loader(batch));
        return weights(model);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void ranksEndWithTheWeightsOfOne(int world) throws Exception {
        var expected = alone(4 * world);
        for (var weights : Ranks.all(world, group -> {
            var model = model();
            try (var parallel = DataParallel.of(group)) {
                trainer(model, m -> sharded(group, m)).strategy(parallel).fit(loader(4));
            }
            return weights(model);
        })) {
            assertArrayEquals(expected, weights, 2e-6f);
        }
    }

    @Test void memoryFallsWithTheNumberOfRanks() throws Exception {
        var elements = Ranks.all(4, group -> {
            var model = model();
            model.params().values().forEach(p -> p.grad(p.detach().copy()));
            try (var optimizer = sharded(group, model)) {
                optimizer.step();
                return optimizer.state().values().stream().filter(t -> t.rank() > 0).mapToLong(Tensor::numel).sum();
            }
        });
        long all = 2 * model().parameterCount(); // two moments
        assertEquals(all, elements.stream().mapToLong(e -> e).sum());
        // the largest parameter, of 256 elements, is more than half of all 371
        assertEquals(2 * 256, elements.stream().mapToLong(e -> e).max().orElseThrow());
    }

    @Test void checkpointsGoOnWithOtherNumbersOfRanksOrWithout() throws Exception {
        Path plain = folder.resolve("plain");
        Path sharded = folder.resolve("sharded");
        for (Path run : List.of(plain, sharded)) {
            fit(4, run, ShardedOptimizerTest::sharded, 2); // of 3 steps in an epoch
            assertTrue(Files.exists(run.resolve("checkpoints/step-000000002/optimizer-3.safetensors")));
        }
        var expected = fit(2, plain, (_, m) -> new AdamW(ParamGroup.decayMatrices(m), 0.01), 0);
        assertArrayEquals(expected.get(0), fit(2, sharded, ShardedOptimizerTest::sharded, 0).get(1), 1e-6f);

        Files.delete(sharded.resolve("checkpoints/step-000000010/optimizer-1.safetensors"));
        String damaged = assertThrows(IllegalArgumentException.class, () -> Trainer.hasCheckpoint(sharded))
                .getMessage();
        assertTrue(damaged.contains(": optimizer-1.safetensors is missing"), damaged);
    }

    private static List<float[]> fit(int world, Path run, BiFunction<ProcessGroup, Layer, Optimizer> optimizer,
            int stop) throws Exception {
        return Ranks.all(world, group -> {
            var model = model();
            try (var parallel = DataParallel.of(group)) {
                var trainer = trainer(model, m -> optimizer.apply(group, m)).strategy(parallel).checkpoints(run, 1)
                        .resume();
                trainer.listen(new Listener() {
                    @Override public void step(Step step) { if (step.step() == stop) trainer.stop(); }
                });
                trainer.fit(loader(4));
            }
            return weights(model);
        });
    }
}
