package dev.merapi.protect.privacy;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Listener;
import dev.merapi.train.Pass;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PrivateTest {
    private static final PrivacyOptions OPEN = PrivacyOptions.noise(0, 1e-5).clip(Double.POSITIVE_INFINITY);
    private static final CrossEntropy LOSS = new CrossEntropy();

    private static Sequential model() {
        Torch.seed(1337);
        return new Sequential(new Linear(6, 16), new Relu(), new Linear(16, 3));
    }

    private static Dataset<Batch> data(int n) {
        Torch.seed(7);
        try (var _ = Scope.open()) {
            Tensor x = Tensor.randn(n, 6);
            Tensor y = x.narrow(1, 0, 3).argmax(1);
            return Dataset.of(x, y);
        }
    }

    private static Pass pass(Sequential model, Batch batch) {
        return Pass.of(LOSS.forward(model.forward(batch.x()), batch.y()), batch.size());
    }

    private static float[] weights(Layer model) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return Tensor.cat(model.params().values().stream().map(Tensor::flatten).toList(), 0).toFloats();
        }
    }

    /** One step by hand on a batch of 8, after which the parameters hold the private gradient. */
    private static Private step(Sequential model, PrivacyOptions options, Batch batch) {
        var privacy = new Private(model, options);
        privacy.sampling(0.1, batch.size());
        privacy.plan(1);
        privacy.backward(batch, b -> pass(model, b));
        privacy.finish();
        return privacy;
    }

    @Test void withoutNoiseAndBoundItIsPlainTraining() {
        try (var plain = model(); var model = model(); var loader = Loader.of(data(64), 16)) {
            var adam = new Adam(plain, 1e-2);
            var privacy = new Private(model, OPEN.microBatch(5));
            privacy.sampling(0.25, 16);
            var same = privacy.optimizer(new Adam(model, 1e-2));
            for (int epoch = 0; epoch < 3; epoch++) {
                for (var batch : loader) {
                    try (var _ = Scope.open()) {
                        adam.zeroGrad();
                        pass(plain, batch).loss().backward();
                        adam.step();
                        same.zeroGrad();
                        privacy.backward(batch, b -> pass(model, b));
                        same.step();
                    }
                }
            }
            assertArrayEquals(weights(plain), weights(model), 1e-6f);
            assertEquals(Double.POSITIVE_INFINITY, privacy.spent().epsilon());
            assertEquals(12, privacy.spent().steps());
        }
    }

    /** Against the sum written out. */
    @Test void gradientsAreClippedOneByOne() {
        try (var model = model(); var _ = Scope.open()) {
            var batch = data(8).batch(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, null);
            double bound = 0.7;
            var params = List.copyOf(model.params().values());
            var expected = params.stream().map(Tensor::zerosLike).toList();
            for (int i = 0; i < 8; i++) {
                model.params().values().forEach(Param::clearGrad);
                pass(model, new Batch(batch.x().narrow(0, i, 1), batch.y().narrow(0, i, 1))).loss().backward();
                double norm = Math.sqrt(params.stream().mapToDouble(p -> Math.pow(p.grad().norm().item(), 2)).sum());
                for (int p = 0; p < params.size(); p++) {
                    try (var _ = Torch.noGrad()) {
                        expected.get(p).add_(params.get(p).grad().mul(Math.min(1, bound / norm) / 8));
                    }
                }
            }
            params.forEach(Param::clearGrad);
            step(model, PrivacyOptions.noise(0, 1e-5).clip(bound).microBatch(3), batch);
            for (int p = 0; p < params.size(); p++) {
                assertArrayEquals(expected.get(p).flatten().toFloats(), params.get(p).grad().flatten().toFloats(),
                        1e-6f);
            }
        }
    }

    @Test void perLayerEachParameterHasItsShare() {
        try (var model = model(); var _ = Scope.open()) {
            var batch = data(8).batch(new int[] {3}, null);
            var plain = model.params();
            pass(model, batch).loss().backward();
            var norms = plain.values().stream().mapToDouble(p -> p.grad().norm().item()).toArray();
            plain.values().forEach(Param::clearGrad);
            step(model, PrivacyOptions.noise(0, 1e-5).clipping(new Clipping.PerLayer(0.2)), batch);
            int i = 0;
            for (Param param : plain.values()) {
                assertEquals(Math.min(norms[i++], 0.2 / Math.sqrt(4)), param.grad().norm().item(), 1e-6);
            }
        }
    }

    @Test void noiseHasItsDeviation() {
        for (boolean secure : new boolean[] {false, true}) {
            try (var model = new Linear(200, 100); var _ = Scope.open()) {
                var privacy = new Private(model, PrivacyOptions.noise(3, 1e-5).clip(2).secure(secure));
                privacy.sampling(0.1, 10);
                privacy.finish(); // nobody was drawn
                Tensor gradient = model.params().get("weight").grad();
                assertEquals(3 * 2 / 10.0, gradient.std().item(), 0.02);
                assertEquals(0, gradient.mean().item(), 0.02);
                Tensor fourth = gradient.div(0.6).pow(4).mean(); // of a normal 3
                assertEquals(3, fourth.item(), 0.3);
                assertEquals(1, privacy.spent().steps());
            }
        }
    }

    @Test void adaptiveBoundsFollowTheQuantile() {
        try (var model = model(); var _ = Scope.open()) {
            var batch = data(64).batch(IntStream.range(0, 64).toArray(), null);
            var privacy = new Private(model, PrivacyOptions.noise(0, 1e-5)
                    .clipping(new Clipping.Adaptive(100, 0.5, 0.5, 10)));
            privacy.sampling(0.1, 64);
            for (int i = 0; i < 60; i++) {
                model.params().values().forEach(Param::clearGrad);
                privacy.backward(batch, b -> pass(model, b));
                privacy.finish();
            }
            double[] norms = new SampleGradients(model).of(batch, b -> pass(model, b)).norms().toDoubles();
            Arrays.sort(norms);
            assertEquals(norms[32], privacy.clipNorm(), 0.1 * norms[32]);
        }
    }

    /** 1/σ² = 1/σ_gradient² + 1/(2 σ_count)², theorem 1 of Andrew et al. */
    @Test void theCountIsPaidFor() {
        double own = ClippedSum.besideCount(1.2, 10);
        assertEquals(1 / 1.44, 1 / (own * own) + 1 / 400.0, 1e-12);
        assertEquals("Clipping.Adaptive.countNoise: expected more than half the noise multiplier 3.0. Received 1.0.",
                assertThrows(IllegalArgumentException.class, () -> ClippedSum.besideCount(3, 1)).getMessage());
    }

    private static Trainer<Batch> trainer(Sequential model, int epochs) {
        return Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 0.5)).epochs(epochs).seed(1);
    }

    @Test void aTrainerStaysWithinItsBudgetAndLearns() {
        try (var model = model(); var train = Loader.of(data(2000), 200); var test = Loader.of(data(300), 300)) {
            var privacy = new Private(model, PrivacyOptions.target(8, 1e-4).clip(0.5).microBatch(64));
            var run = privacy.wrap(trainer(model, 10)).fit(train, test);
            double[] epsilons = run.history().stream().mapToDouble(e -> e.value("epsilon")).toArray();
            for (int i = 1; i < epsilons.length; i++) assertTrue(epsilons[i] > epsilons[i - 1]);
            assertTrue(epsilons[9] <= 8 && epsilons[9] > 7.9, "" + epsilons[9]);
            assertTrue(run.history().getLast().value("accuracy") > 0.75, run.history().getLast().toString());
            assertEquals(100, privacy.spent().steps());
        }
    }

    @Test void aResumedRunGoesOnWithTheSameNoiseAndLedger(@TempDir Path folder) throws Exception {
        float[] whole;
        var options = PrivacyOptions.target(8, 1e-4);
        try (var model = model(); var train = Loader.of(data(200), 50)) {
            new Private(model, options).wrap(trainer(model, 4)).fit(train);
            whole = weights(model);
        }
        try (var model = model(); var train = Loader.of(data(200), 50); var test = Loader.of(data(50), 50)) {
            var trainer = new Private(model, options).wrap(trainer(model, 4)).folder(folder);
            trainer.listen(new Listener() {
                @Override public void step(Step step) { if (step.step() == 6) trainer.stop(); }
            });
            trainer.fit(train, test);
        }
        try (var model = model(); var train = Loader.of(data(200), 50); var test = Loader.of(data(50), 50)) {
            var privacy = new Private(model, options);
            privacy.wrap(trainer(model, 4)).folder(folder).resume().fit(train, test);
            assertArrayEquals(whole, weights(model));
            assertEquals(16, privacy.spent().steps());
            assertTrue(privacy.spent().epsilon() <= 8);
        }
        String card = Files.readString(folder.resolve("README.md"));
        assertTrue(card.contains("differential privacy") && card.contains("ε = 7.9"), card);
    }

    @Test void layersThatMixSamplesAreNamedAndReplaced() {
        try (var model = new Sequential(new Conv2d(1, 48, 3), new BatchNorm2d(48), new Relu()); var _ = Scope.open()) {
            var e = assertThrows(IllegalArgumentException.class, () -> new Private(model, OPEN));
            assertEquals("Private: expected layers that treat each sample by itself. Received 1 (BatchNorm2d) takes"
                    + " statistics over the batch. ModelCheck.replace(model) puts GroupNorm in their places; then train"
                    + " from the beginning.", e.getMessage());
            ModelCheck.replace(model);
            assertEquals(List.of(), ModelCheck.problems(model));
            assertArrayEquals(new long[] {2, 48, 3, 3}, model.forward(Tensor.randn(2, 1, 5, 5)).shape());
            new Private(model, OPEN);
        }
    }

    @Test void whatCannotBeDoneIsSaid() {
        try (var model = model(); var other = model()) {
            var privacy = new Private(model, PrivacyOptions.target(3, 1e-5));
            assertEquals("Private: expected data, from which rates and noise follow, before the first step. Received"
                    + " none; call Private.sample(loader, epochs) first.",
                    assertThrows(IllegalStateException.class, privacy::finish).getMessage());
            assertTrue(assertThrows(IllegalArgumentException.class, () -> privacy.wrap(trainer(other, 1))).getMessage()
                    .startsWith("Private.wrap: expected a trainer of the model"));
            assertTrue(assertThrows(IllegalArgumentException.class, () -> PrivacyOptions.noise(1, 1e-5)
                    .clip(Double.POSITIVE_INFINITY)).getMessage().contains("a finite norm where there is noise"));
        }
    }
}
