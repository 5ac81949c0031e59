package dev.merapi.seams;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.loss.BceWithLogits;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Listener;
import dev.merapi.train.Pass;
import dev.merapi.train.Run;
import dev.merapi.train.Stepper;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A generator against a discriminator (Goodfellow et al. 2014): a task that owns its step, with two optimizers. */
class GanTest {
    private static final double MEAN = 3;

    @TempDir Path folder;

    private static final class Networks extends Layer {
        final Linear generator = new Linear(1, 1); // of noise N(0, 1)
        final Sequential discriminator = new Sequential(new Linear(1, 16), new Relu(), new Linear(16, 1));
    }

    private record Gan(Networks model) implements Task<Tensor> {
        private Tensor fake(long n) { return model.generator.forward(Tensor.randn(n, 1)); }

        private Pass pass(Tensor x, double label) {
            var logits = model.discriminator.forward(x);
            return Pass.of(new BceWithLogits().forward(logits, Tensor.full(label, x.size(0), 1)), x.size(0));
        }

        @Override public Pass forward(Tensor real) { return pass(real, 1); }

        @Override public Pass step(Tensor real, Stepper stepper) {
            stepper.minimize("discriminator", () -> Pass.of(pass(real, 1).loss()
                    .add(pass(fake(real.size(0)).detach(), 0).loss()), real.size(0)));
            return stepper.minimize("generator", () -> pass(fake(real.size(0)), 1));
        }
    }

    private static Trainer<Tensor> trainer(Networks networks) {
        return Trainer.of(new Gan(networks)).seed(5).clipNorm(5)
                .optimizer("discriminator", _ -> new Adam(networks.discriminator, 1e-2))
                .optimizer("generator", _ -> new Adam(networks.generator, 1e-2));
    }

    private static Networks networks() {
        Torch.seed(2);
        return new Networks();
    }

    private static Loader<Tensor> data() {
        Torch.seed(1);
        var x = Tensor.randn(512, 1).mul(0.5).add(MEAN);
        return Loader.of(Dataset.of(x, x).map(Batch::x), 64).shuffle(7).workers(0);
    }

    private static double generatedMean(Networks networks) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(9);
            return networks.generator.forward(Tensor.randn(2000, 1)).mean().item();
        }
    }

    @Test void theGeneratorLearnsWhereTheDataLies() {
        var networks = networks();
        assertTrue(Math.abs(generatedMean(networks) - MEAN) > 2);
        var run = trainer(networks).epochs(60).fit(data());
        assertEquals(MEAN, generatedMean(networks), 0.75);
        assertEquals(Math.log(2), run.last().value("train_loss"), 0.5); // the generator's, who is not found out
    }

    @Test void aStoppedRunGoesOnWithBothOptimizersToTheSameBits() {
        var undisturbed = networks();
        trainer(undisturbed).epochs(3).schedule(step -> 1 / (1 + 0.1 * step)).fit(data());

        var stopped = networks();
        var first = trainer(stopped).epochs(3).schedule(step -> 1 / (1 + 0.1 * step)).folder(folder);
        assertEquals(Run.Stop.REQUESTED, first.listen(new Listener() {
            @Override public void step(Step step) { if (step.step() == 13) first.stop(); }
        }).fit(data()).stop());

        var resumed = new Networks();
        trainer(resumed).epochs(3).schedule(step -> 1 / (1 + 0.1 * step)).folder(folder).resume().fit(data());
        undisturbed.tensors().forEach((name, tensor) ->
                assertArrayEquals(tensor.toFloats(), resumed.tensors().get(name).toFloats(), name));
    }

    @Test void listenersHearTheStepsOwnLossAndNorm() {
        var steps = new ArrayList<Listener.Step>();
        trainer(networks()).listen(new Listener() {
            @Override public void step(Step step) { steps.add(step); }
        }).fit(data());
        assertEquals(8, steps.size());
        for (var step : steps) {
            assertTrue(step.loss() > 0 && step.loss() < 3 && step.gradientNorm() > 0, step.toString());
            assertEquals(1e-2, step.learningRate());
        }
    }

    @Test void anUnknownOptimizerIsNamed() {
        var networks = networks();
        var trainer = Trainer.of(new Gan(networks)).optimizer("generator", _ -> new Adam(networks.generator, 1e-2));
        assertEquals("Stepper.minimize: expected one of the optimizers [generator]. Received discriminator; give it to"
                + " the trainer by optimizer(name, m -> …).",
                assertThrows(IllegalArgumentException.class, () -> trainer.fit(data())).getMessage());
        assertEquals("Trainer.optimizer: expected a name of letters, digits, _ and -. Received \"\".",
                assertThrows(IllegalArgumentException.class, () -> trainer.optimizer("", _ -> null)).getMessage());
        var plain = Trainer.of(new Task<Tensor>() {
            @Override public Networks model() { return networks; }
            @Override public Pass forward(Tensor x) { return new Gan(networks).forward(x); }
        }).optimizer("all", m -> new Adam(m, 1e-2));
        assertEquals("Stepper.add: expected an optimizer for all weights. Received [all]; call minimize, or"
                + " Trainer.optimizer(m -> new Adam(m, 1e-3)).",
                assertThrows(IllegalStateException.class, () -> plain.fit(data())).getMessage());
    }
}
