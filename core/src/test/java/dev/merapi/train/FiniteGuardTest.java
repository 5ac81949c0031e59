package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.io.Safetensors;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FiniteGuardTest {
    private static String failure(Sequential model, Loader<Batch> data, double rate) {
        return failure(Classification.of(model, 3), data, rate);
    }

    private static String failure(Task<Batch> task, Loader<Batch> data, double rate) {
        var trainer = Trainer.of(task).optimizer(m -> new Sgd(m, rate)).epochs(50);
        return assertThrows(NotFiniteException.class, () -> trainer.fit(data)).getMessage();
    }

    private static void assertContains(String part, String message) { assertTrue(message.contains(part), message); }

    @Test void aBadBatchIsNamedAndTheWeightsStay() {
        var x = Tensor.randn(12, 2);
        x.select(0, 7).fill_(Double.NaN);
        var model = Blobs.model(0);
        var before = model.params().get("0.weight").toFloats();
        var data = Loader.of(Dataset.of(x, Tensor.of(new long[12])), 12);
        var message = failure(model, data, 0.1);
        assertContains("Trainer: step 1 of epoch 1: the loss is NaN.", message);
        assertContains("The batch itself has a NaN or an infinity in x: clean the data", message);
        assertArrayEquals(before, model.params().get("0.weight").toFloats());
    }

    @Test void aDivergingRunNamesALayer() {
        var message = failure(Blobs.model(0), Blobs.train(64, 16), 1e30);
        assertContains("smaller learning rate", message);
        assertTrue(message.matches("(?s).*(0|3)(\\.weight|\\.bias)? (has a NaN|is the first layer).*"), message);
    }

    @Test void theFirstLayerThatGoesBadIsNamed() {
        var model = new Sequential(new Linear(2, 4), x -> x.abs().neg().log(), new Linear(4, 3));
        assertContains("1 is the first layer whose output is not finite, from finite inputs and weights",
                failure(model, Blobs.train(64, 16), 0.1));
    }

    @Test void aBadGradientBehindAFiniteLossIsFoundBeforeTheStep() {
        var root = new Root();
        var message = failure(new Task<Batch>() {
            @Override public Layer model() { return root; }
            @Override public Pass forward(Batch b) { return Pass.of(root.forward(b.x()).mean(), b.size()); }
        }, Loader.of(Dataset.of(Tensor.zeros(8, 2), Tensor.of(new long[8])), 4), 0.1);
        assertContains("a gradient is not finite, though the loss is", message);
        assertContains("not the gradient of linear.weight: look for a root or norm at 0", message);
    }

    /** Losses do not show running statistics, but whoever evaluates the model would. */
    @Test void aModelWithBadStatisticsIsNotKept(@TempDir Path folder) {
        for (boolean midway : new boolean[] {false, true}) {
            var model = new Statistics(midway ? Float.POSITIVE_INFINITY : Float.NaN);
            var run = folder.resolve("run" + midway);
            var trainer = Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 0.1)).epochs(3).folder(run);
            if (midway) trainer.checkpointEvery(6); // in the second epoch, of 4 steps each
            var message = assertThrows(NotFiniteException.class,
                    () -> trainer.fit(Blobs.train(64, 16))).getMessage();
            assertContains("Trainer: step " + (midway ? 6 : 8) + " of epoch 2: mean has a NaN or an infinity, though"
                    + " losses and gradients are finite.", message);
            assertArrayEquals(new String[] {"step-000000004"}, run.resolve("checkpoints").toFile().list());
            var kept = new Statistics(0);
            Safetensors.load(kept, run.resolve("model.safetensors"));
            assertArrayEquals(new float[2], kept.mean.toFloats());
        }
    }

    /** A statistic that is spoilt in the sixth step, and a mask. */
    private static final class Statistics extends Layer implements Unary {
        final Linear linear = new Linear(2, 3);
        final State mean = state(Init.zeros(), 2);
        final State mask = state(Init.constant(Double.NEGATIVE_INFINITY), 2);
        private final float bad;
        private int steps;

        Statistics(float bad) { this.bad = bad; }

        @Override public Tensor forward(Tensor x) {
            if (++steps == 6) mean.fill_(bad);
            return linear.forward(x);
        }
    }

    /** √(x Wᵀ) has an infinite slope at 0. */
    private static final class Root extends Layer implements Unary {
        final Linear linear = new Linear(2, 3, false);

        @Override public Tensor forward(Tensor x) { return linear.forward(x).sqrt(); }
    }
}
