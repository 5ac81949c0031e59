package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What the goldens do not show: edges, shapes, ignored places, errors. */
class MetricTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static Tensor of(double... values) { return Tensor.of(values); }

    private static Tensor labels(long... values) { return Tensor.of(values); }

    private static double value(Metric<Tensor, Tensor> metric, Tensor prediction, Tensor target) {
        metric.update(prediction, target);
        return metric.value();
    }

    @Test void theMatrixIsATable() {
        var matrix = new ConfusionMatrix(2);
        matrix.update(of(1, 1, -1, 1, -1), labels(1, 1, 1, 0, -100));
        assertEquals("""
                target \\ predicted  cat  dog  recall
                cat                   0    1   0.000
                dog                   1    2   0.667
                """, matrix.toString(List.of("cat", "dog")));
        assertEquals(4, matrix.total());
    }

    @Test void oneClassAloneHasNoRanking() {
        assertEquals(Double.NaN, value(RankingMetric.rocAuc(), of(0.1, 0.2), labels(1, 1)));
        assertEquals(Double.NaN, value(RankingMetric.rocAuc(), of(0.1, 0.2), labels(0, 0)));
        assertEquals(Double.NaN, value(RankingMetric.averagePrecision(), of(0.1, 0.2), labels(0, 0)));
        assertEquals(1, value(RankingMetric.averagePrecision(), of(0.1, 0.2), labels(1, 1)));
        assertEquals(Double.NaN, value(RankingMetric.rocAuc(), Tensor.eye(3), labels(0, 1, 1)));
        assertEquals(Double.NaN, value(RankingMetric.rocAuc(), of(Double.NaN, 0.2), labels(0, 1)));
    }

    /** As scikit-learn's {@code average_precision_score(y, z[:, 1] - z[:, 0])}, where softmax gives 50 and 60 one p. */
    @Test void twoLogitsRankClassOneByTheirDifference() {
        var z = of(0, 1, 2, 0, 0, 3, 1, 1.5, 0, -1).reshape(5, 2);
        var y = labels(0, 0, 1, 1, 0);
        assertEquals(0.8333333333333333, value(RankingMetric.averagePrecision(), z, y), 1e-12);
        assertEquals(0.8333333333333334, value(RankingMetric.rocAuc(), z, y), 1e-12);

        double[] far = {10, 50, 60, -70, 40, 45};
        y = labels(0, 1, 1, 0, 1, 0);
        var two = Tensor.stack(List.of(Tensor.zeros(6), of(far)), 1).add(3);
        for (var x : List.of(two, of(far))) {
            var auc = RankingMetric.rocAuc();
            assertEquals(0.888888888888889, value(auc, x, y), 1e-12);
            assertArrayEquals(new double[] {Double.POSITIVE_INFINITY, 60, 50, 45, 40, 10, -70}, auc.roc().thresholds());
            assertArrayEquals(new double[] {0, 1, 2, 2, 3, 3, 3}, times(3, auc.roc().y()), 1e-12);
            assertEquals(-70, -auc.roc(0).thresholds()[1], "class 0 against class 1");
            assertEquals(0.9166666666666665, value(RankingMetric.averagePrecision(), x, y), 1e-12);
        }
    }

    private static double[] times(double factor, double[] values) {
        return DoubleStream.of(values).map(v -> v * factor).toArray();
    }

    @Test void probabilitiesOfTwoClassesRankClassOne() {
        var p = of(0.27, 0.73, 0.88, 0.12, 0.05, 0.95, 0.38, 0.62, 0.73, 0.27).reshape(5, 2);
        var metric = RankingMetric.averagePrecision(Average.MACRO, Predictions.PROBABILITIES);
        assertEquals(0.8333333333333333, value(metric, p, labels(0, 0, 1, 1, 0)), 1e-12);
    }

    /** As scikit-learn of x_c - logsumexp(the others); by probabilities, three of which are 1, it is 0.8333, 0.6944. */
    @Test void classesFarAheadAreRankedToo() {
        var z = of(50, 0, 0, 60, 0, 0, 0, 45, 1, 0, 55, 2, 0, 3, 48, 2, 0, 58).reshape(6, 3);
        var y = labels(1, 0, 0, 1, 2, 2);
        assertEquals(0.875, value(RankingMetric.rocAuc(), z, y), 1e-12);
        assertEquals(0.861111111111111, value(RankingMetric.averagePrecision(), z, y), 1e-12);
    }

    @Test void equalScoresCountHalf() {
        assertEquals(0.5, value(RankingMetric.rocAuc(), of(3, 3, 3, 3), labels(0, 1, 1, 0)));
    }

    @Test void constantTargetsHaveNoVariance() {
        assertEquals(1, value(RegressionMetrics.r2(), of(2, 2), of(2, 2)));
        assertEquals(0, value(RegressionMetrics.r2(), of(2, 3), of(2, 2)));
        assertEquals(Double.NaN, value(RegressionMetrics.r2(), of(2), of(2)));
    }

    @Test void constantTargetsHaveNoVarianceInUnevenBatchesEither() {
        for (double constant : new double[] {0.1, -1e9 / 3}) { // whose means are rounded
            var r2 = RegressionMetrics.r2();
            var explained = RegressionMetrics.explainedVariance();
            for (int n : new int[] {3, 3, 1, 7}) {
                var target = Tensor.of(DoubleStream.generate(() -> constant).limit(n).toArray());
                r2.update(target.add(0.3), target);
                explained.update(Tensor.zeros(n), target);
            }
            assertEquals(0, r2.value());
            assertEquals(1, explained.value(), "the error is constant");
        }
    }

    @Test void varianceSurvivesALargeMean() {
        var r2 = RegressionMetrics.r2();
        double big = 1e9;
        r2.update(of(big + 1, big + 2), of(big + 1, big + 2.5));
        r2.update(of(big + 3, big + 4), of(big + 3, big + 4));
        double mean = 2.625, total = 0;
        for (double y : new double[] {1, 2.5, 3, 4}) total += (y - mean) * (y - mean);
        assertEquals(1 - 0.25 / total, r2.value(), 1e-12);
    }

    @Test void perplexityCountsRealTokensAlone() {
        var logits = Tensor.zeros(2, 3, 7); // (B, T, V): every token equally likely
        var target = labels(1, 2, -100, 3, -100, -100).reshape(2, 3);
        assertEquals(7, value(new Perplexity(), logits, target), 1e-5);
        assertEquals(Double.NaN, value(new Perplexity(), logits, Tensor.full(-100, 2, 3)));
    }

    @Test void logLossOfLargeLogitsIsFinite() {
        assertEquals(500, value(new LogLoss(), of(1000, -1000), labels(0, 0)), 1e-9);
        assertEquals(0, value(new LogLoss(), of(1000, -1000), labels(1, 0)), 1e-9);
        assertEquals(Double.POSITIVE_INFINITY, value(new LogLoss(Predictions.PROBABILITIES), of(0), labels(1)));
    }

    @Test void topKAgreesWithAccuracyOnEqualLogits() {
        var logits = Tensor.zeros(3, 4);
        assertEquals(1 / 3.0, value(new TopK(1), logits, labels(0, 1, 3)));
        assertEquals(2 / 3.0, value(new TopK(2), logits, labels(0, 1, 3)));
        assertEquals(0, value(new TopK(1), Tensor.full(Float.NaN, 2, 3), labels(0, 1)));
        assertEquals(1, value(new TopK(9), logits, labels(0, 1, 3)));
        assertEquals((1 + 1 / 2.0 + 1 / 4.0) / 3, value(new MeanReciprocalRank(), logits, labels(0, 1, 3)));
        assertEquals(1 / 3.0, value(new MeanReciprocalRank(), Tensor.full(Float.NaN, 2, 3), labels(0, 1)));
    }

    @Test void multiClassBrierSumsOverClasses() {
        var p = of(0.5, 0.25, 0.25).reshape(1, 3);
        assertEquals(0.25 + 0.0625 + 0.0625, value(new Brier(Predictions.PROBABILITIES), p, labels(0)), 1e-7);
    }

    @Test void brierOfTwoClassesIsThatOfClassOne() { // scikit-learn's brier_score_loss([1, 0, 1], [.9, .3, .6])
        var p = of(0.1, 0.9, 0.7, 0.3, 0.4, 0.6).reshape(3, 2);
        assertEquals(0.26 / 3, value(new Brier(Predictions.PROBABILITIES), p, labels(1, 0, 1)), 1e-7);
        assertEquals(0.26 / 3, value(new Brier(), p.log(), labels(1, 0, 1)), 1e-7);
        assertEquals(0.26 / 3, value(new Brier(Predictions.PROBABILITIES), p.select(1, 1), labels(1, 0, 1)), 1e-7);
    }

    @Test void itemsOfEqualScoreShareTheirPlaces() {
        double worst = 1 / (Math.log(3) / Math.log(2)); // the item in place 2
        assertEquals((1 + worst) / 2, value(new Ndcg(2), of(5, 5).reshape(1, 2), of(1, 0).reshape(1, 2)), 1e-12);
        assertEquals(0, value(new Ndcg(2), of(5, 4).reshape(1, 2), of(0, 0).reshape(1, 2)));
    }

    @Test void misuseIsNamed() {
        assertEquals("confusion_matrix: expected classes from 0 to 1. Received 2",
                message(() -> new ConfusionMatrix(2).update(of(1, 1), labels(0, 2))));
        assertEquals("f1: expected 2 classes for Average.BINARY. Received 3; choose MACRO, MICRO or WEIGHTED.",
                message(() -> ClassMetrics.f1(3, Average.BINARY)));
        assertEquals("roc_auc: expected Average.MACRO or WEIGHTED. Received MICRO",
                message(() -> RankingMetric.rocAuc(Average.MICRO, Predictions.LOGITS)));
        for (var metric : List.of(new LogLoss(), new Brier(), RankingMetric.rocAuc())) {
            assertEquals(metric.name() + ": expected classes from 0 to 1. Received 2",
                    message(() -> metric.update(of(1, 1), labels(0, 2))));
        }
        assertEquals("top_2_accuracy: expected classes from 0 to 2. Received -1",
                message(() -> new TopK(2).update(Tensor.eye(3), labels(0, -1, 2))));
        assertEquals("roc_auc: expected a class of 2. Received 2", message(() -> {
            var auc = RankingMetric.rocAuc();
            auc.update(of(1, 2), labels(0, 1));
            auc.roc(2);
        }));
        assertEquals("mse: expected predictions and targets of one shape (N) or (N, outputs). Received (3) and (2)",
                message(() -> RegressionMetrics.mse().update(of(1, 2, 3), of(1, 2))));
        assertEquals("top_2_accuracy: expected predictions (…, classes). Received float64 (2) cpu",
                message(() -> new TopK(2).update(of(1, 2), labels(0, 1))));
        assertEquals("mrr: expected predictions (…, classes). Received float64 (2) cpu",
                message(() -> new MeanReciprocalRank().update(of(1, 2), labels(0, 1))));
        assertEquals("TopK.k: expected at least 1. Received 0.", message(() -> new TopK(0)));
        assertEquals("roc_auc: expected a class of predictions taken in; there are none. Received 1",
                message(() -> RankingMetric.rocAuc().roc()));
    }

    private static String message(Executable bad) {
        return assertThrows(IllegalArgumentException.class, bad).getMessage();
    }
}
