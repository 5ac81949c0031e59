package dev.merapi.paramserver;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Adagrad;
import dev.merapi.parallel.Ranks;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.model.DeepFm;
import dev.merapi.tabular.model.DeepOptions;
import dev.merapi.tabular.model.FieldEmbedding;
import dev.merapi.tabular.model.Tables;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** DeepFM on clicks that follow from hidden vectors of users, items and places: in one process, and on servers. */
@Tag("proof")
class DeepFmOnServersProofTest {
    private static final List<Integer> IDS = List.of(800, 400, 20);
    private static final int TRAINED = 24_000;
    private static final int TESTED = 12_000;
    private static final int BATCH = 200;
    private static final double RATE = 0.05;
    private static final double EPS = 1e-3; // large: a step by the sign of a gradient makes much of rounding
    private static Grid grid;

    @BeforeAll static void start() { grid = Grid.serve(Grid.Options.DEFAULT); }

    @AfterAll static void stop() { grid.close(); }

    private record Clicks(Tensor ids, Tensor labels) { }

    private static Clicks clicks(int count, long seed) {
        var hidden = new Random(7);
        var vectors = new double[3][][];
        for (int field = 0; field < 3; field++) {
            vectors[field] = new double[IDS.get(field)][4];
            for (double[] vector : vectors[field]) for (int k = 0; k < 4; k++) vector[k] = hidden.nextGaussian() * 0.8;
        }
        var random = new Random(seed);
        var ids = new long[3 * count];
        var labels = new float[count];
        for (int i = 0; i < count; i++) {
            double score = -0.5;
            for (int field = 0; field < 3; field++) ids[3 * i + field] = random.nextInt(IDS.get(field));
            for (int a = 0; a < 3; a++) {
                for (int b = a + 1; b < 3; b++) {
                    for (int k = 0; k < 4; k++) {
                        score += vectors[a][(int) ids[3 * i + a]][k] * vectors[b][(int) ids[3 * i + b]][k];
                    }
                }
            }
            labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
        }
        return new Clicks(Tensor.of(ids, count, 3), Tensor.of(labels, count));
    }

    private static Loader<Batch> loader(int batch) {
        var clicks = clicks(TRAINED, 1);
        return Loader.of(Dataset.of(clicks.ids, clicks.labels), batch).shuffle(1).workers(0);
    }

    private static TableBatch batch(Tensor ids, Tensor labels) {
        return new TableBatch(null, ids, List.of(), null, labels);
    }

    private static synchronized DeepFm model(Tables tables) {
        Torch.seed(5);
        var inputs = new Inputs(0, IDS, List.of(), List.of());
        return new DeepFm(inputs, 1, new DeepOptions(16, List.of(64, 32), 0, false), tables);
    }

    private static Trainer<Batch> trainer(DeepFm model) {
        var task = new Task<Batch>() {
            @Override public Layer model() { return model; }

            @Override public Pass forward(Batch batch) {
                Tensor y = batch.y();
                Tensor score = model.forward(batch(batch.x(), y)).view(-1);
                // log(1 + exp(x)) − y x
                return Pass.of(score.clamp(0, null).sub(score.mul(y)).add(score.abs().neg().exp().add(1).log()).mean(),
                        y.numel());
            }
        };
        return Trainer.of(task).optimizer(m -> new Adagrad(m, RATE, new Adagrad.Options(0, 0, EPS, 0))).epochs(4);
    }

    private static double auc(DeepFm model) {
        var clicks = clicks(TESTED, 2);
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            float[] scores = model.forward(batch(clicks.ids, clicks.labels)).view(-1).toFloats();
            float[] labels = clicks.labels.toFloats();
            int[] order = IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(i -> scores[i]))
                    .mapToInt(i -> i).toArray();
            double ranks = 0;
            double positive = 0;
            for (int i = 0; i < order.length; i++) {
                if (labels[order[i]] == 0) continue;
                ranks += i + 1;
                positive++;
            }
            return (ranks - positive * (positive + 1) / 2) / (positive * (order.length - positive));
        }
    }

    private static EmbeddingTable table(String name, int width) {
        return grid.table(name + width, width, new RowOptimizer.AdaGrad(RATE, EPS), new RowInit(0.01, width));
    }

    /** One process, whose tables begin as those on the servers, with gradients of a batch's rows alone. */
    private static DeepFm alone() {
        var model = model(Tables.OWN);
        int all = IDS.stream().mapToInt(n -> n).sum();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (Param param : model.params().values()) {
                if (param.size(0) != all) continue;
                var begin = table("begin", (int) param.size(1));
                param.copy_(begin.pull(LongStream.range(0, all).toArray()));
            }
        }
        model.layers().values().forEach(layer -> {
            if (layer instanceof FieldEmbedding embedding) embedding.sparse();
        });
        trainer(model).fit(loader(BATCH));
        return model;
    }

    @Test void theyReachTheAucOfOneProcess() throws Exception {
        double expected = auc(alone());
        assertTrue(expected > 0.7, "it can be learnt: " + expected);
        var synchronous = Ranks.all(2, group -> {
            var model = model((_, width) -> new ServerEmbedding(table("synchronous", width)));
            try (var strategy = ServerStrategy.synchronous(group)) {
                trainer(model).strategy(strategy).fit(loader(BATCH / 2));
            }
            group.barrier();
            return auc(model);
        });
        IO.println("AUC: one process %.4f, 2 synchronous workers %.4f".formatted(expected, synchronous.getFirst()));
        for (double auc : synchronous) assertEquals(expected, auc, 0.001);

        var workers = new ArrayList<Callable<Void>>();
        for (int i = 0; i < 2; i++) {
            int worker = i;
            workers.add(() -> {
                var model = model((_, width) -> new ServerEmbedding(table("stale", width)));
                try (var pace = grid.pace("stale", worker, 2, 2);
                        var strategy = ServerStrategy.asynchronous().pace(pace).dense(dense())) {
                    trainer(model).strategy(strategy).fit(loader(BATCH).shard(worker, 2));
                }
                return null;
            });
        }
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var worker : threads.invokeAll(workers)) worker.get();
        }
        // what is on the servers in the end: a worker that ends first lacks the other's last steps
        var model = model((_, width) -> new ServerEmbedding(table("stale", width)));
        try (var strategy = ServerStrategy.asynchronous().dense(dense())) {
            strategy.prepare(model);
        }
        double stale = auc(model);
        IO.println("2 workers at most 2 steps apart %.4f".formatted(stale));
        assertEquals(expected, stale, 0.003); // who comes first is chance
    }

    private static EmbeddingTable dense() {
        return grid.table("dense", 64, new RowOptimizer.AdaGrad(RATE, EPS), RowInit.ZEROS);
    }
}
