package dev.merapi.seams;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Supervised;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Serving, explaining and batch inference need types, batches and scores of a model, and nothing of its field. */
class PredictorTest {
    /** A row of a table. */
    record Flower(double petal, double sepal) {}

    /** A predictor over rows, of a module that core does not know. */
    record Flowers(Supervised task) implements Predictor<Flower, Classes> {
        private static final List<String> LABELS = List.of("setosa", "virginica");

        @Override public Class<Flower> input() { return Flower.class; }

        @Override public Class<Classes> output() { return Classes.class; }

        @Override public List<Classes> predict(List<Flower> flowers) {
            if (flowers.isEmpty()) return List.of();
            try (var _ = Scope.open()) {
                double[] values = flowers.stream().flatMapToDouble(f -> DoubleStream.of(f.petal, f.sepal)).toArray();
                var x = Tensor.of(values, flowers.size(), 2).to(task.model().dtype());
                return Classes.of(LABELS, task.predict(x));
            }
        }

        @Override public Flower parse(String typed) {
            String[] numbers = typed.split(" ");
            return new Flower(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
        }
    }

    private static Supervised task() {
        Torch.seed(5);
        return Classification.of(new Sequential(new Linear(2, 32), new Relu(), new Dropout(0.5), new Linear(32, 2)), 2);
    }

    private static Loader<Batch> data() {
        var x = new float[256][2];
        var y = new int[256];
        for (int i = 0; i < 256; i++) {
            x[i] = new float[] {(float) Math.sin(i), (float) Math.cos(2 * i)};
            y[i] = x[i][0] > 0 ? 1 : 0;
        }
        return Loader.of(Dataset.of(x, y), 16).workers(0);
    }

    private static List<Flower> flowers() {
        return IntStream.range(0, 40).mapToObj(i -> new Flower(Math.sin(3 * i), Math.cos(i))).toList();
    }

    private static Trainer<Batch> trainer(Supervised task) {
        return Trainer.of(task).optimizer(m -> new Adam(m, 1e-2)).epochs(4).seed(2);
    }

    @Test void aProgramLearnsTheTypesAndAsksByThem() throws Exception {
        Predictor<?, ?> found = new Flowers(task()); // as Predictor.open gives it
        assertEquals(Flower.class, found.input());
        assertEquals(Classes.class, found.output());
        assertEquals("Predictor: expected one from String to Classes. Received a model from Flower to Classes.",
                assertThrows(IllegalArgumentException.class, () -> found.as(String.class, Classes.class))
                        .getMessage());
        var model = found.as(Flower.class, Classes.class);
        var answers = model.predict(flowers());
        for (int i = 0; i < 40; i++) {
            var alone = model.predict(flowers().get(i));
            assertArrayEquals(alone.probabilities(), answers.get(i).probabilities(), 1e-6);
        }
        var answer = answers.getFirst();
        assertEquals(List.of("setosa", "virginica"), answer.labels());
        assertEquals(Math.max(answer.probability("setosa"), answer.probability("virginica")),
                answer.best().probability());
        assertEquals(answer.top(1).toString(), model.ask("0 1", 1));
        assertEquals(answer.all().size(), new ObjectMapper().valueToTree(answer).size(), "JSON is a list");
        assertEquals("Classes: expected one of [setosa, virginica]. Received rose.",
                assertThrows(IllegalArgumentException.class, () -> answer.probability("rose")).getMessage());
    }

    /** Which feature a model listens to: what an explanation asks of it, by rows and probabilities alone. */
    private static <I> double effect(Predictor<I, Classes> model, List<I> rows, List<I> changed) {
        var before = model.predict(rows);
        var after = model.predict(changed);
        return IntStream.range(0, rows.size()).mapToDouble(i ->
                Math.abs(before.get(i).probabilities()[1] - after.get(i).probabilities()[1])).average().orElseThrow();
    }

    @Test void aModelIsExplainedFromOutside() {
        var task = task();
        try (var train = data()) {
            trainer(task).fit(train);
        }
        var model = new Flowers(task);
        double petal = effect(model, flowers(), flowers().stream().map(f -> new Flower(-f.petal, f.sepal)).toList());
        double sepal = effect(model, flowers(), flowers().stream().map(f -> new Flower(f.petal, -f.sepal)).toList());
        assertTrue(petal > 4 * sepal, petal + " and " + sepal);
    }

    /** Dropout stays on in training, and off in the answers. */
    @Test void askingOnOtherThreadsChangesNothingInTraining() throws Exception {
        var quiet = task();
        try (var train = data()) {
            trainer(quiet).fit(train);
        }
        var asked = task();
        var model = new Flowers(asked);
        var over = new AtomicBoolean();
        var begun = new CountDownLatch(2);
        Callable<Integer> ask = () -> {
            int answers = 0;
            do {
                var one = model.predict(flowers().getFirst());
                assertEquals(1, one.probabilities()[0] + one.probabilities()[1], 1e-6);
                answers++;
                begun.countDown();
            } while (!over.get());
            return answers;
        };
        try (var threads = Executors.newFixedThreadPool(2, Thread.ofPlatform().factory()); var train = data()) {
            var all = new ArrayList<>(List.of(threads.submit(ask), threads.submit(ask)));
            begun.await();
            try {
                trainer(asked).fit(train);
            } finally {
                over.set(true);
            }
            for (var one : all) assertTrue(one.get() > 0);
        }
        quiet.model().params().forEach((name, param) ->
                assertArrayEquals(param.toFloats(), asked.model().params().get(name).toFloats(), name));
        assertTrue(asked.model().isTraining());

        var expected = model.predict(flowers());
        try (var threads = Executors.newFixedThreadPool(3, Thread.ofPlatform().factory())) {
            Callable<List<Classes>> all = () -> model.predict(flowers());
            for (var answers : threads.invokeAll(Collections.nCopies(20, all))) assertEquals(expected, answers.get());
        }
    }
}
