package dev.merapi.protect.robustness;

import dev.merapi.data.Batch;
import dev.merapi.metric.Calibration;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.FashionMnist;
import dev.merapi.vision.data.ImageData;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What attacks do to a net trained plainly on clothes, and to one trained against them. */
@Tag("proof")
class FashionRobustnessProofTest {
    private static final double EPSILON = 0.1;
    private static final int PICTURES = 500;
    private static final PixelRange RANGE = PixelRange.of(Normalize.FASHION_MNIST);

    private final ImageData data = FashionMnist.subset();

    private static Sequential net() {
        Torch.seed(1);
        var halving = ConvOptions.DEFAULT.stride(2).padding(2);
        return new Sequential(new Conv2d(1, 16, 5, halving), new Relu(), new Conv2d(16, 32, 5, halving), new Relu(),
                new Flatten(), new Linear(32 * 7 * 7, 100), new Relu(), new Linear(100, 10));
    }

    private void train(Task<Batch> task, int epochs) {
        Trainer.of(task).optimizer(model -> new Adam(model, 1e-3)).epochs(epochs).seed(1)
                .fit(data.train(100, 1), data.test(250));
        task.model().eval();
    }

    @Test void trainingAgainstAttacksKeepsWhatPlainTrainingLoses() {
        try (var _ = Scope.open(); var plain = net(); var robust = net()) {
            train(Classification.of(plain, 10), 6);
            var attack = new Pgd(Norm.L_INF, EPSILON, .04, 4, 1, AttackLoss.CROSS_ENTROPY, 0);
            train(AdversarialTraining.pgd(Classification.of(robust, 10), RANGE, attack), 10);

            var before = curve("plain", plain);
            var after = curve("robust", robust);
            assertTrue(before[3] < .1, "plain at ε 0.1: " + before[3]);
            assertTrue(after[3] > .6, "robust at ε 0.1: " + after[3]);
        }
    }

    /** Accuracy at ε 0, 0.02, 0.05 and 0.1 by PGD; also says the rest. */
    private double[] curve(String name, Sequential net) {
        var batch = pixels();
        var measured = new RobustAccuracy(RANGE.before(net), List.of(batch));
        double[] curve = measured.over(e -> Pgd.of(Norm.L_INF, e, 20), 0, .02, .05, EPSILON);
        say("%s: PGD-20 at 0, 0.02, 0.05, 0.1: %.3f %.3f %.3f %.3f", name, curve[0], curve[1], curve[2], curve[3]);
        for (double epsilon : new double[] {.02, .05, EPSILON}) {
            double pgd = measured.under(Pgd.of(Norm.L_INF, epsilon, 20));
            double auto = measured.under(AutoPgd.of(Norm.L_INF, epsilon, 20));
            say("%s ε %.2f: FGSM %.3f PGD %.3f Auto-PGD %.3f by ratio %.3f Square(400) %.3f", name, epsilon,
                    measured.under(new Fgsm(epsilon)), pgd, auto,
                    measured.under(AutoPgd.of(Norm.L_INF, epsilon, 20).loss(AttackLoss.LOGITS_RATIO)),
                    measured.under(new Square(epsilon, 400)));
            assertTrue(auto <= pgd, "Auto-PGD leaves " + auto + ", PGD " + pgd);
        }
        double sum = 0;
        for (var corruption : Corruption.values()) {
            for (int severity = 1; severity <= 5; severity++) sum += measured.under(corruption, severity, 0);
        }
        say("%s: mean over corruptions %.3f", name, sum / 5 / Corruption.values().length);
        try (var _ = Torch.noGrad()) {
            var logits = net.forward(RANGE.seen(batch.x()));
            var scaling = TemperatureScaling.fit(logits.narrow(0, 0, 250), batch.y().narrow(0, 0, 250));
            var test = logits.narrow(0, 250, 250);
            say("%s: calibration error %.4f, at temperature %.2f"
                    + " %.4f", name, error(test, batch.y().narrow(0, 250, 250)),
                    scaling.temperature(), error(scaling.apply(test), batch.y().narrow(0, 250, 250)));
        }
        return curve;
    }

    private static double error(Tensor logits, Tensor y) {
        var calibration = new Calibration();
        calibration.update(logits, y);
        return calibration.value();
    }

    private static void say(String format, Object... values) { IO.println(String.format(Locale.ROOT, format, values)); }

    private Batch pixels() {
        try (var test = data.test(PICTURES)) {
            var first = test.iterator().next();
            return new Batch(RANGE.pixels(first.x()), first.y().copy());
        }
    }
}
