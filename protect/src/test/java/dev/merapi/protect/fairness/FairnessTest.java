package dev.merapi.protect.fairness;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Measures against sums written out, and mitigations against what they promise. */
class FairnessTest {
    private static final int N = 2000;

    /** Groups a and b: of a, 8 answered of which 6 rightly and 4 turned down of which 3 rightly; of b 5/3 and 5/3. */
    @Test void eachMeasureIsTheOneWrittenOutByHand() {
        var truth = new boolean[22];
        var answers = new boolean[22];
        var groups = new String[22];
        int at = 0;
        at = fill(truth, answers, groups, at, "a", true, true, 6);
        at = fill(truth, answers, groups, at, "a", false, true, 2);
        at = fill(truth, answers, groups, at, "a", false, false, 3);
        at = fill(truth, answers, groups, at, "a", true, false, 1);
        at = fill(truth, answers, groups, at, "b", true, true, 3);
        at = fill(truth, answers, groups, at, "b", false, true, 2);
        at = fill(truth, answers, groups, at, "b", false, false, 3);
        fill(truth, answers, groups, at, "b", true, false, 2);
        var report = FairnessReport.of(truth, answers, groups);
        var b = report.against("a").getFirst();
        assertEquals(5. / 10 - 8. / 12, b.statisticalParityDifference(), 1e-12);
        assertEquals((5. / 10) / (8. / 12), b.disparateImpact(), 1e-12);
        assertEquals(3. / 5 - 6. / 7, b.equalOpportunityDifference(), 1e-12);
        assertEquals(((3. / 5 - 6. / 7) + (2. / 5 - 2. / 5)) / 2, b.averageOddsDifference(), 1e-12);
        assertEquals(3. / 5 - 6. / 8, b.predictiveParityDifference(), 1e-12);
        assertEquals(15. / 22, report.accuracy(), 1e-12);
        assertEquals("a", report.largest());
        // Wilson's interval of 8 of 12 by its formula, as statsmodels' proportion_confint(8, 12, method="wilson")
        var selected = report.group("a").selection();
        assertEquals(.390622, selected.low(), 1e-5);
        assertEquals(.861877, selected.high(), 1e-5);
        assertEquals("0.667 [0.39, 0.86]", selected.toString());
    }

    private static int fill(boolean[] truth, boolean[] answers, String[] groups, int at, String group, boolean is,
            boolean said, int count) {
        Arrays.fill(truth, at, at + count, is);
        Arrays.fill(answers, at, at + count, said);
        Arrays.fill(groups, at, at + count, group);
        return at + count;
    }

    /** German credit's counts: of 310 women 201 are good, of 690 men 499. */
    @Test void reweighingMakesClassAndGroupIndependent() {
        var truth = new boolean[1000];
        var groups = new String[1000];
        fill(truth, truth.clone(), groups, 0, "female", true, true, 201);
        fill(truth, truth.clone(), groups, 201, "female", false, true, 109);
        fill(truth, truth.clone(), groups, 310, "male", true, true, 499);
        fill(truth, truth.clone(), groups, 809, "male", false, true, 191);
        var before = FairnessReport.of(truth, truth, groups).against("male").getFirst();
        assertEquals(201. / 310 - 499. / 690, before.statisticalParityDifference(), 1e-12);
        var reweighing = Reweighing.of(truth, groups);
        double[] weights = reweighing.weights(truth, groups);
        assertEquals(.31 * .7 / .201, weights[0], 1e-12);
        assertEquals(1000, Arrays.stream(weights).sum(), 1e-9);
        var after = FairnessReport.of(truth, truth, groups, weights).against("male").getFirst();
        assertEquals(0, after.statisticalParityDifference(), 1e-12);
        int[] rows = reweighing.resample(truth, groups, 1);
        assertEquals(1000, rows.length, 40);
        var drawn = FairnessReport.of(pick(truth, rows), pick(truth, rows),
                Arrays.stream(rows).mapToObj(row -> groups[row]).toArray(String[]::new)).against("male").getFirst();
        assertEquals(0, drawn.statisticalParityDifference(), .04);
    }

    private static boolean[] pick(boolean[] values, int... rows) {
        var picked = new boolean[rows.length];
        for (int i = 0; i < rows.length; i++) picked[i] = values[rows[i]];
        return picked;
    }

    /** Rows whose group has to do with the class: group b has lower scores for the same class. */
    private static final class Biased {
        private final boolean[] truth = new boolean[N];
        private final String[] groups = new String[N];
        private final double[] scores = new double[N];
        private final float[] x = new float[2 * N]; // the score, and a hint at the group

        Biased() {
            var random = new SplittableRandom(1);
            for (int i = 0; i < N; i++) {
                boolean b = i % 2 == 1;
                groups[i] = b ? "b" : "a";
                truth[i] = random.nextDouble() < (b ? .4 : .6);
                scores[i] = (truth[i] ? 1 : -1) + random.nextGaussian() - (b ? .8 : 0);
                x[2 * i] = (float) scores[i];
                x[2 * i + 1] = (b ? 1 : -1) + .3f * (float) random.nextGaussian();
            }
        }

        FairnessReport report(boolean... answers) { return FairnessReport.of(truth, answers, groups); }

        double parity(boolean... answers) {
            return report(answers).against("a").getFirst().statisticalParityDifference();
        }

        GroupedBatch batch() {
            var y = new float[N];
            var group = new float[N];
            for (int i = 0; i < N; i++) {
                y[i] = truth[i] ? 1 : 0;
                group[i] = i % 2;
            }
            return new GroupedBatch(Tensor.of(x, N, 2), Tensor.of(y, N), Tensor.of(group, N));
        }
    }

    @Test void thresholdsOfGroupsMakeRatesEqual() {
        var biased = new Biased();
        var common = GroupThresholds.common(biased.scores, biased.truth, biased.groups);
        assertTrue(biased.parity(common.answers(biased.scores, biased.groups)) < -.25);
        var fair = GroupThresholds.fit(biased.scores, biased.truth, biased.groups, GroupThresholds.Equal.ANSWERS);
        assertEquals(0, biased.parity(fair.answers(biased.scores, biased.groups)), .002);
        var equal = GroupThresholds.fit(biased.scores, biased.truth, biased.groups,
                GroupThresholds.Equal.TRUE_POSITIVES).answers(biased.scores, biased.groups);
        assertEquals(0, biased.report(equal).against("a").getFirst().equalOpportunityDifference(), .005);
        assertTrue(biased.report(equal).accuracy() > .75, biased.report(equal)::toString);
        assertTrue(message(() -> fair.answers(new double[1], new String[] {"c"})).contains("Received c."));
    }

    @Test void equalisedOddsAreEqualAndTheBestThatThereIs() {
        var biased = new Biased();
        var answers = GroupThresholds.same(0, biased.groups).answers(biased.scores, biased.groups);
        var report = biased.report(answers);
        assertTrue(Math.abs(report.against("a").getFirst().averageOddsDifference()) > .1);
        var odds = EqualisedOdds.fit(report);
        // expected rates, without chance
        double[] t = new double[2], f = new double[2];
        for (int g = 0; g < 2; g++) {
            var group = report.groups().get(g);
            double[] p = odds.positive().get(group.group());
            double tpr = group.truePositiveRate().value(), fpr = group.falsePositiveRate().value();
            t[g] = p[1] * tpr + p[0] * (1 - tpr);
            f[g] = p[1] * fpr + p[0] * (1 - fpr);
        }
        assertEquals(t[0], t[1], 1e-9);
        assertEquals(f[0], f[1], 1e-9);
        // no point of a fine grid that both groups can have has fewer errors
        double best = errors(report, f[0], t[0]);
        for (double ff = 0; ff <= 1; ff += .01) {
            for (double tt = ff; tt <= 1; tt += .01) {
                if (reachable(report.groups().get(0), ff, tt) && reachable(report.groups().get(1), ff, tt)) {
                    assertTrue(errors(report, ff, tt) >= best - 1e-6, ff + " " + tt);
                }
            }
        }
        var changed = biased.report(odds.apply(answers, biased.groups, 1)).against("a").getFirst();
        assertEquals(0, changed.equalOpportunityDifference(), .08);
    }

    private static double errors(FairnessReport report, double f, double t) {
        return report.groups().stream().mapToDouble(group -> (group.truePositives() + group.falseNegatives()) * (1 - t)
                + (group.falsePositives() + group.trueNegatives()) * f).sum();
    }

    /** Below the line from (0, 0) over the group's own point to (1, 1), and above the diagonal. */
    private static boolean reachable(GroupRates group, double f, double t) {
        double own = group.falsePositiveRate().value(), up = group.truePositiveRate().value();
        return t >= f && t <= (f <= own ? up / own * f : up + (1 - up) / (1 - own) * (f - own));
    }

    @Test void exponentiatedGradientMakesALearnerFair() {
        var biased = new Biased();
        ExponentiatedGradient.Learner<Double> learner = (labels, weights) -> {
            // by groups, the threshold of the score with the least weighted error
            var best = new double[2];
            for (int g = 0; g < 2; g++) {
                double least = Double.POSITIVE_INFINITY;
                for (double threshold = -4; threshold < 4; threshold += .05) {
                    double error = 0;
                    for (int i = g; i < N; i += 2) {
                        if (biased.scores[i] >= threshold != labels[i]) error += weights[i];
                    }
                    if (error < least) best[g] = threshold;
                    least = Math.min(least, error);
                }
            }
            var answers = new boolean[N];
            for (int i = 0; i < N; i++) answers[i] = biased.scores[i] >= best[i % 2];
            return new ExponentiatedGradient.Learnt<>(best[0], answers);
        };
        var all = new ExponentiatedGradient(ExponentiatedGradient.Constraint.STATISTICAL_PARITY, .01, 40, 2)
                .fit(learner, biased.truth, biased.groups);
        double first = biased.parity(all.getFirst().answers());
        double mean = all.stream().skip(10).mapToDouble(one -> biased.parity(one.answers())).average().orElseThrow();
        assertTrue(first < -.15 && Math.abs(mean) < Math.abs(first) / 2, first + " " + mean);
        var odds = new ExponentiatedGradient(ExponentiatedGradient.Constraint.EQUALISED_ODDS, .01, 40, 2)
                .fit(learner, biased.truth, biased.groups);
        assertEquals(40, odds.size());
    }

    @Test void penaltyAndAdversaryBringAnswersTogether() {
        var biased = new Biased();
        try (var _ = Scope.open()) {
            double plain = parity(biased, 0, false), penalised = parity(biased, 30, false);
            double misled = parity(biased, 1.5, true);
            assertTrue(plain < -.18, "plain " + plain);
            assertTrue(Math.abs(penalised) < .1, "penalised " + penalised);
            assertTrue(misled > plain + .05, "misled " + misled);
        }
    }

    private static double parity(Biased biased, double strength, boolean adversary) {
        Torch.seed(1);
        try (var net = new Linear(2, 1)) {
            var batch = biased.batch();
            Task<GroupedBatch> task;
            Trainer<GroupedBatch> trainer;
            if (adversary) {
                var debiasing = AdversarialDebiasing.of(net, strength);
                task = debiasing;
                trainer = Trainer.of(task).optimizer("classifier", _ -> new Adam(net, .02))
                        .optimizer("adversary", _ -> new Adam(debiasing.adversary(), .05));
            } else {
                task = FairnessPenalty.of(net, strength);
                trainer = Trainer.of(task).optimizer(model -> new Adam(model, .05));
            }
            var batches = source(batch);
            trainer.epochs(adversary ? 30 : 12).fit(batches, batches);
            double[] p = task.predict(batch).toDoubles();
            var answers = new boolean[N];
            for (int i = 0; i < N; i++) answers[i] = p[i] >= .5;
            if (adversary) ((AdversarialDebiasing) task).adversary().close();
            return biased.parity(answers);
        }
    }

    private static BatchSource<GroupedBatch> source(GroupedBatch all) {
        return Loader.of(new Dataset<GroupedBatch>() {
            @Override public int size() { return N; }

            @Override public GroupedBatch get(int i) {
                return new GroupedBatch(all.x().select(0, i), all.y().select(0, i), all.group().select(0, i));
            }

            @Override public GroupedBatch batch(int[] indices, RandomGenerator[] randoms) {
                var rows = Tensor.of(IntStream.of(indices).asLongStream().toArray(), indices.length);
                return new GroupedBatch(all.x().indexSelect(0, rows), all.y().indexSelect(0, rows),
                        all.group().indexSelect(0, rows));
            }
        }, 200);
    }

    @Test void aGroupOfOneAndOneGroupAlone() {
        var one = FairnessReport.of(new boolean[] {true, false, true}, new boolean[] {true, true, true},
                new String[] {"a", "a", "b"});
        assertEquals("–", one.group("b").falsePositiveRate().toString());
        assertTrue(Double.isNaN(one.against("a").getFirst().averageOddsDifference()));
        assertEquals(1, one.group("b").size());
        assertTrue(message(() -> EqualisedOdds.fit(one)).contains("a group b without"));
        assertTrue(message(() -> FairnessReport.of(new boolean[2], new boolean[2], new String[] {"a", "a"}))
                .startsWith("FairnessReport: expected at least two groups."));
        assertTrue(message(() -> one.against("c")).contains("one of [a, b]. Received c."));
        assertTrue(message(() -> Reweighing.of(new boolean[2], new String[1])).startsWith("Reweighing: expected"
                + " arrays"));
        assertEquals(Map.of("a", 1d, "b", 1d), GroupThresholds.same(1, new String[] {"a", "b"}).thresholds());
        assertEquals(List.of("a", "b"), one.groups().stream().map(GroupRates::group).toList());
    }

    private static String message(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
