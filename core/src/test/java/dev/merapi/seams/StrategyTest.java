package dev.merapi.seams;

import dev.merapi.data.Batch;
import dev.merapi.data.BatchSource;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Clip;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Listener;
import dev.merapi.train.Run;
import dev.merapi.train.Strategy;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What stands between backward and the update can be written outside of core. */
class StrategyTest {
    /** Where two ranks of one process meet. */
    private static final class Meeting {
        final CyclicBarrier barrier = new CyclicBarrier(2);
        final double[] numbers = new double[2];
        final List<List<Tensor>> tensors = new ArrayList<>(List.of(List.of(), List.of()));
        final String[] texts = new String[2];

        void await() {
            try {
                barrier.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException("the other rank did not come", e);
            }
        }
    }

    /** Data parallelism: each replica's gradients become the sum over both. */
    private record Replica(int rank, Meeting meeting) implements Strategy {
        @Override public int world() { return 2; }

        @Override public void reduce(List<Param> params) {
            for (Param param : params) if (param.grad() == null) param.mul(0).sum().backward();
            var others = exchange(params.stream().map(p -> p.grad().copy()).toList());
            for (int i = 0; i < params.size(); i++) params.get(i).grad().add_(others.get(i));
            meeting.await();
        }

        @Override public void prepare(Layer model) {
            var params = List.copyOf(model.params().values());
            var others = exchange(params.stream().map(p -> p.detach().copy()).toList());
            try (var _ = Torch.noGrad()) {
                if (rank > 0) for (int i = 0; i < params.size(); i++) params.get(i).copy_(others.get(i));
            }
            meeting.await();
        }

        @Override public List<String> gather(String text) {
            meeting.texts[rank] = text;
            meeting.await();
            var both = List.of(meeting.texts);
            meeting.await();
            return both;
        }

        private List<Tensor> exchange(List<Tensor> own) {
            meeting.tensors.set(rank, own);
            meeting.await();
            return meeting.tensors.get(1 - rank);
        }

        private double[] gather(double value) {
            meeting.numbers[rank] = value;
            meeting.await();
            double[] both = meeting.numbers.clone();
            meeting.await();
            return both;
        }

        @Override public double sum(double value) {
            double[] both = gather(value);
            return both[0] + both[1];
        }

        @Override public double max(double value) {
            double[] both = gather(value);
            return Math.max(both[0], both[1]);
        }
    }

    private static Sequential model() { return model(3); }

    private static Sequential model(long seed) {
        Torch.seed(seed);
        return new Sequential(new Linear(2, 8), Tensor::tanh, new Linear(8, 3));
    }

    /** Points of which some have no label. */
    private static Dataset<Batch> data(int from, int to) {
        var x = new float[to - from][2];
        var labels = new long[to - from];
        for (int i = from; i < to; i++) {
            x[i - from] = new float[] {(float) Math.sin(i), (float) Math.cos(3 * i)};
            labels[i - from] = i % 5 == 0 || i / 8 == 3 ? -100 : i % 3;
        }
        return Dataset.of(Tensor.of(flat(x), x.length, 2), Tensor.of(labels));
    }

    private static float[] flat(float[][] rows) {
        var all = new float[2 * rows.length];
        for (int i = 0; i < rows.length; i++) System.arraycopy(rows[i], 0, all, 2 * i, 2);
        return all;
    }

    private static Trainer<Batch> trainer(Sequential model) {
        return Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 0.5)).clipNorm(0.3);
    }

    /** Runs two ranks at once, and gives what each did. */
    private static <R> List<Future<R>> both(List<Callable<R>> ranks) throws InterruptedException {
        try (var threads = Executors.newFixedThreadPool(2, Thread.ofPlatform().factory())) {
            return threads.invokeAll(ranks);
        }
    }

    private static List<Strategy> replicas() {
        var meeting = new Meeting();
        return List.of(new Replica(0, meeting), new Replica(1, meeting));
    }

    /** The second has fewer batches, one of them without a label, and others than the first; and so have its tests. */
    @Test void twoReplicasLearnWhatOneWouldFromTheJointBatches() throws Exception {
        var strategies = replicas();
        var models = List.of(model(), model(4)); // the second gets the first's weights
        var halves = List.of(data(0, 24), data(24, 40));
        var runs = both(List.of(0, 1).stream().map(rank -> (Callable<Run>) () -> trainer(models.get(rank))
                .strategy(strategies.get(rank)).epochs(2)
                .fit(Loader.of(halves.get(rank), 8).workers(0), Loader.of(halves.get(rank), 7).workers(0))).toList());

        var joint = model();
        var steps = new ArrayList<Dataset<Batch>>();
        for (int i = 0; i < 3; i++) {
            steps.add(i < 2 ? data(8 * i, 8 * i + 8).concat(data(24 + 8 * i, 32 + 8 * i)) : data(16, 24));
        }
        var all = Loader.of(steps.get(0).concat(steps.get(1)).concat(steps.get(2)), 16).workers(0);
        var expected = trainer(joint).epochs(2).fit(all, Loader.of(data(0, 40), 40).workers(0));

        for (int rank = 0; rank < 2; rank++) {
            var model = models.get(rank);
            joint.params().forEach((name, param) ->
                    assertArrayEquals(param.toFloats(), model.params().get(name).toFloats(), 1e-6f, name));
            assertEquals(expected.steps(), runs.get(rank).get().steps());
            for (String value : List.of("train_loss", "loss", "accuracy")) {
                assertEquals(expected.last().value(value), runs.get(rank).get().last().value(value), 1e-6, value);
            }
        }
    }

    /** Each rank takes steps of its own, whose weights are averaged. */
    private record Federated(int rank, Meeting meeting) implements Strategy {
        @Override public void updated(Layer model) {
            var params = List.copyOf(model.params().values());
            meeting.tensors.set(rank, params.stream().map(p -> p.detach().copy()).toList());
            meeting.await();
            var both = meeting.tensors;
            try (var _ = Torch.noGrad()) {
                for (int i = 0; i < params.size(); i++) {
                    params.get(i).copy_(both.get(0).get(i).add(both.get(1).get(i)).mul(0.5));
                }
            }
            meeting.await();
        }
    }

    /** A step of SGD by each rank, averaged, is one by the mean of their gradients. */
    @Test void weightsThatAreAveragedAfterUpdatesAreThoseOfTheJointBatches() throws Exception {
        var meeting = new Meeting();
        var models = List.of(model(), model());
        var labelled = data(0, 80).filter(sample -> sample.y().itemLong() >= 0);
        both(List.of(0, 1).stream().map(rank -> (Callable<Run>) () -> Trainer.of(Classification.of(models.get(rank), 3))
                .optimizer(m -> new Sgd(m, 0.5)).strategy(new Federated(rank, meeting))
                .fit(Loader.of(labelled.subset(range(8 * rank, 2)), 8).workers(0))).toList());
        var joint = model();
        Trainer.of(Classification.of(joint, 3)).optimizer(m -> new Sgd(m, 0.5))
                .fit(Loader.of(labelled.subset(IntStream.range(0, 32).toArray()), 16).workers(0));
        for (var model : models) {
            joint.params().forEach((name, param) ->
                    assertArrayEquals(param.toFloats(), model.params().get(name).toFloats(), 1e-6f, name));
        }
    }

    /** Eight positions from {@code from} of every 16. */
    private static int[] range(int from, int times) {
        return IntStream.range(0, 8 * times).map(i -> i / 8 * 16 + from + i % 8).toArray();
    }

    /** Lets a rank learn from its own part of the data alone. */
    private record Part(int rank) implements Strategy {
        @Override public <B> BatchSource<B> prepare(BatchSource<B> train) { return train.shard(rank, 2); }
    }

    @Test void aRankLearnsFromThePartThatItsStrategyPrepares() {
        for (int rank = 0; rank < 2; rank++) {
            var whole = model();
            trainer(whole).strategy(new Part(rank)).fit(Loader.of(data(0, 40), 4).workers(0));
            var part = model();
            trainer(part).fit(Loader.of(data(0, 40), 4).workers(0).shard(rank, 2));
            part.params().forEach((name, param) ->
                    assertArrayEquals(param.toFloats(), whole.params().get(name).toFloats(), name));
        }
    }

    @Test void oneRankWritesAndHearsAndAStopOfOneIsOfBoth(@TempDir Path temp) throws Exception {
        var strategies = replicas();
        var heard = List.of(new ArrayList<Long>(), new ArrayList<Long>());
        var runs = both(List.of(0, 1).stream().map(rank -> (Callable<Run>) () -> {
            var trainer = trainer(model()).strategy(strategies.get(rank)).epochs(3).folder(temp.resolve("run" + rank));
            return trainer.listen(new Listener() {
                @Override public void step(Step step) {
                    heard.get(rank).add(step.step());
                    if (step.step() == 4) trainer.stop();
                }
            }).fit(Loader.of(data(16 * rank, 16 * rank + 16), 8).workers(0));
        }).toList());
        for (var run : runs) {
            assertEquals(Run.Stop.REQUESTED, run.get().stop());
            assertEquals(4, run.get().steps());
        }
        assertEquals(List.of(1L, 2L, 3L, 4L), heard.get(0));
        assertEquals(List.of(), heard.get(1));
        assertTrue(Files.exists(temp.resolve("run0/checkpoints/step-000000004")));
        assertFalse(Files.exists(temp.resolve("run1")));
    }

    @Test void whatFailsOnOneRankFailsOnBoth() throws Exception {
        var strategies = replicas();
        var runs = both(List.of(0, 1).stream().map(rank -> (Callable<Run>) () -> {
            var data = data(16 * rank, 16 * rank + 16);
            var spoilt = rank == 0 ? data : data.map(batch -> new Batch(batch.x().mul(Double.NaN), batch.y()));
            return trainer(model()).strategy(strategies.get(rank)).fit(Loader.of(spoilt, 8).workers(0));
        }).toList());
        assertEquals("Trainer.fit: another rank failed in this step. What went wrong is said there.",
                assertThrows(ExecutionException.class, () -> runs.get(0).get()).getCause().getMessage());
        var message = assertThrows(ExecutionException.class, () -> runs.get(1).get()).getCause().getMessage();
        assertTrue(message.startsWith("Trainer: step 1 of epoch 1: the loss is NaN."), message);
    }

    /** Each sample's gradient has at most a norm of {@code bound}, and their sum gets noise (Abadi et al. 2016). */
    private record Private(double bound, double deviation) implements Strategy {
        @Override public void backward(Tensor loss, List<Param> params) {
            try (var _ = Scope.open()) {
                var before = params.stream().map(p -> p.grad() == null ? null : p.grad().copy()).toList();
                params.forEach(Param::clearGrad);
                loss.backward();
                Clip.norm(params, bound, 2);
                for (int i = 0; i < before.size(); i++) {
                    if (before.get(i) != null) params.get(i).grad().add_(before.get(i));
                }
            }
        }

        @Override public void reduce(List<Param> params) {
            if (deviation == 0) return;
            for (Param param : params) param.grad().add_(Tensor.randn(param.shape()).mul(deviation * bound));
        }
    }

    private static float[] step(Strategy strategy) {
        var model = model();
        var before = model.params().get("0.weight").toFloats();
        Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 1)).seed(4).accumulate(8)
                .strategy(strategy).fit(Loader.of(data(16, 24), 1).workers(0));
        var after = model.params().get("0.weight").toFloats();
        for (int i = 0; i < after.length; i++) after[i] = before[i] - after[i];
        return after;
    }

    @Test void samplesAreClippedAndNoiseIsAddedBeforeTheUpdate() {
        double bound = 0.05;
        var expected = new float[16];
        int counted = 0;
        for (int i = 16; i < 24; i++) {
            var model = model();
            var batch = data(i, i + 1).get(0);
            if (batch.y().itemLong() == -100) continue;
            counted++;
            new CrossEntropy().forward(model.forward(batch.x().unsqueeze(0)), batch.y().unsqueeze(0)).backward();
            assertTrue(Clip.norm(model, bound).item() > bound, "the test can tell");
            var gradient = model.params().get("0.weight").grad().toFloats();
            for (int k = 0; k < 16; k++) expected[k] += gradient[k];
        }
        for (int k = 0; k < 16; k++) expected[k] /= counted;
        assertArrayEquals(expected, step(new Private(bound, 0)), 1e-6f);

        var noisy = step(new Private(bound, 10));
        double squares = 0;
        for (int k = 0; k < 16; k++) squares += Math.pow((noisy[k] - expected[k]) * counted / (10 * bound), 2);
        assertEquals(1, Math.sqrt(squares / 16), 0.6); // of the deviation of 16 draws
    }
}
