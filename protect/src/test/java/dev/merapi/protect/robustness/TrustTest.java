package dev.merapi.protect.robustness;

import dev.merapi.data.Batch;
import dev.merapi.metric.Calibration;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.protect.robustness.MembershipInference.Found;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.vision.Normalize;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Smoothing, corruptions, calibration, inputs from elsewhere, membership, against numbers known otherwise. */
class TrustTest {
    private Scope scope;

    @BeforeEach void begin() { scope = Scope.open(); }

    @AfterEach void end() { scope.close(); }

    /** Of a linear model the smoothed answer holds as far as the plane is: the radius comes near it from below. */
    @Test void theCertifiedRadiusIsBelowTheDistanceOfThePlaneAndNearIt() {
        Unary plane = x -> Tensor.stack(List.of(x.select(1, 0).neg(), x.select(1, 0)), 1);
        var x = Tensor.of(new float[] {.3f, 5}, 1, 2);
        var answer = new SmoothedClassifier(plane, .5).certify(x, 100, 20_000, .001);
        assertEquals(1, answer.label());
        assertTrue(answer.radius() < .3 && answer.radius() > .27, answer::toString);
        var undecided = new SmoothedClassifier(plane, .5).certify(Tensor.zeros(1, 2), 100, 1000, .001);
        assertEquals(new SmoothedClassifier.Certified(-1, 0), undecided);
    }

    /** Clopper and Pearson by what defines them: at the lower end so many hits or more have the probability α. */
    @Test void intervalsAreTheExactOnes() {
        assertEquals(.05, Binomial.atLeast(95, 100, Binomial.lower(95, 100, .05)), 1e-9);
        assertEquals(Math.pow(.001, 1.0 / 100), Binomial.lower(100, 100, .001), 1e-9); // pⁿ = α
        assertEquals(0, Binomial.lower(0, 100, .001));
        assertEquals(1.959963984540054, Binomial.normalQuantile(.975), 1e-9);
    }

    @ParameterizedTest
    @EnumSource(Corruption.class)
    void aCorruptionGrowsWithItsSeverityAndRepeats(Corruption corruption) {
        for (long channels : new long[] {1, 3}) {
            var line = Tensor.arange(32).floorDiv(5).remainder(2).to(DType.FLOAT32); // squares of 5 pixels
            var x = line.unsqueeze(0).sub(line.unsqueeze(1)).abs().mul(.5).add(.2).reshape(1, 1, 32, 32)
                    .expand(2, channels, 32, 32).contiguous();
            double before = 0;
            for (int severity = 1; severity <= 5; severity += 4) {
                var changed = corruption.apply(x, severity, new Rng(4));
                assertTrue(changed.sub(corruption.apply(x, severity, new Rng(4))).abs().max().item() == 0);
                assertTrue(changed.min().item() >= 0 && changed.max().item() <= 1);
                double apart = changed.sub(x).abs().mean().item();
                assertTrue(apart > before + 1e-4, corruption + " " + severity + ": " + before + " " + apart);
                before = apart;
            }
        }
        assertThrows(IllegalArgumentException.class, () -> corruption.apply(Tensor.zeros(1, 1, 4, 4), 6, new Rng(1)));
    }

    /** Logits that were multiplied by 3 are calibrated by a temperature of 3. */
    @Test void theTemperatureUndoesWhatScaledTheLogits() {
        var logits = Tensor.randn(new Rng(1), 4000, 3).mul(1.5);
        var drawn = logits.softmax(1).multinomial(1, true, new Rng(2)).squeeze(1);
        var sure = logits.mul(3);
        var scaling = TemperatureScaling.fit(sure, drawn);
        assertEquals(3, scaling.temperature(), .2);
        assertTrue(error(scaling.apply(sure), drawn) < .03 && error(sure, drawn) > .1);
    }

    private static double error(Tensor logits, Tensor y) {
        var calibration = new Calibration();
        calibration.update(logits, y);
        return calibration.value();
    }

    @Test void whatIsElsewhereScoresLower() {
        var own = Tensor.randn(new Rng(1), 400, 3);
        var y = Tensor.arange(400).remainder(2);
        own = own.add(y.to(DType.FLOAT32).unsqueeze(1).mul(8)); // classes about (0, 0, 0) and (8, 8, 8)
        var between = Tensor.randn(new Rng(2), 200, 3).add(4);
        try (var fitted = OutOfDistribution.Mahalanobis.fit(own, y, 2)) {
            double[] near = fitted.score(own).toDoubles(), far = fitted.score(between).toDoubles();
            assertTrue(OutOfDistribution.auroc(near, far) > .95);
            assertEquals(-3, Arrays.stream(near).average().orElseThrow(), .15); // χ² of 3 degrees
        }
        assertEquals(.5, OutOfDistribution.auroc(new double[] {1, 1}, new double[] {1}));
        assertEquals(.75, OutOfDistribution.auroc(new double[] {1, 4}, new double[] {0, 3}));
        var logits = Tensor.of(new float[] {0, 0, 2, 0}, 2, 2);
        assertEquals(Math.log(2), OutOfDistribution.energy(logits).toDoubles()[0], 1e-6);
        assertEquals(1 / (1 + Math.exp(-2)), OutOfDistribution.maxSoftmax(logits).toDoubles()[1], 1e-6);
    }

    /** Members have surer logits by construction; of a class that is hard for all, only the likelihood ratio tells. */
    @Test void membersAreFoundWhereTheModelIsSurerOfThem() {
        int n = 600;
        var y = Tensor.arange(n).remainder(2);
        var easy = y.to(DType.FLOAT32).mul(6); // class 1 is easy
        var members = logits(easy.add(Tensor.randn(new Rng(1), n)).add(1.5), y);
        var others = logits(easy.add(Tensor.randn(new Rng(2), n)), y);
        var reference = logits(easy.add(Tensor.randn(new Rng(3), n)), y);
        var byLoss = Found.of(MembershipInference.lossScores(members, y), MembershipInference.lossScores(others, y));
        var byRatio = Found.of(MembershipInference.likelihoodScores(members, y, reference, y),
                MembershipInference.likelihoodScores(others, y, reference, y));
        assertTrue(byRatio.auc() > byLoss.auc() + .1, byLoss + "; " + byRatio);
        assertEquals(.856, byRatio.auc(), .03); // Φ(1.5 / √2), of two normal distributions
        var same = Found.of(new double[] {1, 2, 3}, new double[] {1, 2, 3});
        assertEquals(.5, same.auc());
        assertEquals("AUC 0.500, 0.0 % found at 1 % false", same.toString());
    }

    /** Two logits whose difference for the true class is given. */
    private static Tensor logits(Tensor margin, Tensor y) {
        var sign = y.to(DType.FLOAT32).mul(2).sub(1);
        return Tensor.stack(List.of(margin.zerosLike(), margin.mul(sign)), 1);
    }

    @Test void pixelsGoThroughTheNormalisationAndBack() {
        var range = PixelRange.of(Normalize.IMAGENET);
        var pixels = Tensor.rand(new Rng(1), 2, 3, 4, 4);
        var seen = range.seen(pixels);
        assertEquals((pixels.select(1, 2).mean().item() - .406) / .225, seen.select(1, 2).mean().item(), 1e-4);
        assertTrue(range.pixels(seen).sub(pixels).abs().max().item() < 1e-5);
    }

    /** Both ways of training raise the accuracy under attack above that of a model trained plainly. */
    @Test void adversarialTrainingWithstandsMore() {
        var x = Tensor.rand(new Rng(1), 256, 1, 4, 4);
        // one strong pixel tells the class of most; 15 weak ones tell that of all, and an attack turns all of these
        var y = x.select(3, 0).select(2, 0).squeeze(1).gt(.5).to(DType.INT64);
        var hint = y.to(DType.FLOAT32).mul(.16).add(.42).reshape(256, 1, 1, 1).expand(256, 1, 4, 4).contiguous();
        var strong = Tensor.arange(256).remainder(12).eq(0).to(DType.INT64).add(y).remainder(2); // wrong of each 12th
        hint.narrow(2, 0, 1).narrow(3, 0, 1).copy_(strong.to(DType.FLOAT32).mul(.8).add(.1).reshape(256, 1, 1, 1));
        var batch = new Batch(hint, y);
        var range = new PixelRange(new double[] {0}, new double[] {1});
        var attack = Pgd.of(Norm.L_INF, .15, 5);
        double plain = trained(batch, null, range, attack, 0);
        double robust = trained(batch, attack, range, attack, 0), trades = trained(batch, attack, range, attack, 3);
        assertTrue(plain < .5 && robust > .85 && trades > .85, plain + " " + robust + " " + trades);
    }

    private static double trained(Batch batch, Pgd by, PixelRange range, Pgd attack, double beta) {
        Torch.seed(1);
        try (var net = new Sequential(new Flatten(), new Linear(16, 2))) {
            var plain = Classification.of(net, 2);
            var task = by == null ? null : beta == 0 ? AdversarialTraining.pgd(plain, range, by)
                    : AdversarialTraining.trades(plain, range, by, beta);
            var sgd = new Adam(net, .1);
            for (int step = 0; step < (by == null ? 300 : 100); step++) {
                try (var _ = Scope.open()) {
                    sgd.zeroGrad();
                    (task == null ? plain.forward(batch) : task.forward(batch)).loss().backward();
                    sgd.step();
                }
            }
            return new RobustAccuracy(range.before(net), List.of(batch)).under(attack);
        }
    }

    @Test void wordsAreReplacedUntilTheClassChangesOrTheBudgetEnds() {
        var vectors = Map.of("good", new float[] {1, 0}, "fine", new float[] {.9f, .1f}, "film", new float[] {0, 1},
                "movie", new float[] {.1f, .9f});
        var nearest = WordSubstitution.nearest(vectors, 1, .5);
        assertEquals(List.of("fine"), nearest.apply("good"));
        assertEquals(List.of(), nearest.apply("unknown"));
        var attack = new WordSubstitution(texts -> texts.stream().map(words -> {
            double p = words.contains("good") ? .9 : words.contains("film") ? .6 : .2;
            return new double[] {1 - p, p};
        }).toArray(double[][]::new), nearest, 1);
        assertEquals(new WordSubstitution.Attacked(List.of("a", "fine", "movie"), 2, true),
                attack.attack(List.of("a", "good", "film"), 1));
        var small = new WordSubstitution(attack.probabilities(), nearest, .4);
        assertEquals(new WordSubstitution.Attacked(List.of("a", "fine", "film"), 1, false),
                small.attack(List.of("a", "good", "film"), 1));
    }
}
