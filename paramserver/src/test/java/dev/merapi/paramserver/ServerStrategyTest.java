package dev.merapi.paramserver;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Sgd;
import dev.merapi.parallel.Ranks;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ServerStrategyTest {
    private static final int IDS = 12;
    private static Grid grid;

    @BeforeAll static void start() { grid = Grid.serve(Grid.Options.DEFAULT); }

    @AfterAll static void stop() { grid.close(); }

    /** Each of 60 samples has 3 ids, some of them alike, and a label that follows from them. */
    private static Loader<Batch> loader(int batch) {
        Tensor ids = Tensor.arange(180).mul(7).add(Tensor.arange(180).mul(Tensor.arange(180))).remainder(IDS)
                .view(60, 3);
        return Loader.of(Dataset.of(ids, ids.sum(new long[] {1}, false).remainder(2)), batch).shuffle(1).workers(0);
    }

    private static synchronized Sequential model(Unary embedding) {
        Torch.seed(1);
        return new Sequential(embedding, x -> x.flatten(1, 2), new Linear(12, 2));
    }

    private static Trainer<Batch> trainer(Sequential model) {
        return Trainer.of(Classification.of(model, 2)).optimizer(m -> new Sgd(m, 0.2)).epochs(3);
    }

    /** Of the ids' vectors, then the last layer's weights. */
    private static float[] one(int batch) {
        var embedding = new Embedding(IDS, 4);
        embedding.map((_, t) -> t.zerosLike());
        var model = model(embedding);
        trainer(model).fit(loader(batch));
        return weights(embedding.params().get("weight"), model);
    }

    private static float[] weights(Tensor rows, Sequential model) {
        return Tensor.cat(List.of(rows.detach().flatten(), model.params().get("2.weight").detach().flatten(),
                model.params().get("2.bias").detach().flatten()), 0).toFloats();
    }

    private static EmbeddingTable table(String name) {
        return grid.table(name, 4, RowOptimizer.sgd(0.2), RowInit.ZEROS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void synchronousWorkersLearnWhatOneProcessWould(int world) throws Exception {
        var expected = one(6 * world);
        for (float[] received : Ranks.all(world, group -> {
            var table = table("synchronous" + world);
            var model = model(new ServerEmbedding(table));
            try (var strategy = ServerStrategy.synchronous(group)) {
                trainer(model).strategy(strategy).fit(loader(6));
            }
            group.barrier();
            return weights(table.pull(LongStream.range(0, IDS).toArray()), model);
        })) {
            assertArrayEquals(expected, received, 1e-6f);
        }
    }

    /** All weights on the servers, which change them; the trainer's optimizer, of another rate, has nothing to do. */
    @Test void aWholeModelOnServersLearnsWhatOneProcessWould() throws Exception {
        var expected = one(12);
        for (float[] received : Ranks.all(2, group -> {
            var table = table("rows");
            var dense = grid.table("dense", 5, RowOptimizer.sgd(0.2), RowInit.ZEROS);
            var model = model(new ServerEmbedding(table));
            try (var strategy = ServerStrategy.synchronous(group).dense(dense)) {
                trainer(model).optimizer(m -> new Sgd(m, 77)).strategy(strategy).fit(loader(6));
            }
            group.barrier();
            return weights(table.pull(LongStream.range(0, IDS).toArray()), model);
        })) {
            assertArrayEquals(expected, received, 1e-6f);
        }
    }

    @Test void asynchronousWorkersLearnTogether() throws Exception {
        var workers = new ArrayList<Callable<Double>>();
        for (int i = 0; i < 2; i++) {
            int worker = i;
            workers.add(() -> {
                var model = model(new ServerEmbedding(grid.table("asynchronous", 4, RowOptimizer.adaGrad(0.1))));
                var dense = grid.table("shared", 8, RowOptimizer.adaGrad(0.1), RowInit.ZEROS);
                try (var pace = grid.pace("asynchronous", worker, 2, 3);
                        var strategy = ServerStrategy.asynchronous().pace(pace).dense(dense)) {
                    var run = trainer(model).epochs(40).strategy(strategy).fit(loader(6).shard(worker, 2));
                    return run.last().value("train_loss");
                }
            });
        }
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var worker : threads.invokeAll(workers)) {
                assertTrue(worker.get() < 0.45, "below the " + Math.log(2) + " of a guess: " + worker.get());
            }
        }
    }

    @Test void theFastWaitForTheSlow() throws Exception {
        var slowest = new AtomicLong();
        try (var threads = Executors.newSingleThreadExecutor(); var fast = grid.pace("pace", 0, 2, 2);
                var slow = grid.pace("pace", 1, 2, 2)) {
            var done = threads.submit(() -> {
                for (int step = 1; step <= 20; step++) {
                    fast.step();
                    assertTrue(slowest.get() >= step - 2, "step " + step + " with the other at " + slowest.get());
                }
                return null;
            });
            for (int step = 1; step <= 20; step++) {
                slowest.set(step); // before it says so
                slow.step();
            }
            done.get();
        }
        var alone = grid.pace("alone", 0, 2, 1).patience(Duration.ofMillis(300));
        alone.step();
        assertEquals("Pace: expected worker 1 to have done 1 steps within 0 s. It has done 0; is it running?",
                assertThrows(IllegalStateException.class, alone::step).getMessage());
    }
}
