package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What the goldens do not show: edges, shapes, ignored places, errors. */
class MetricTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static Tensor of(double... values) { return Tensor.of(values); }

    private static Tensor labels(long... values) { return Tensor.of(values); }

    private static double value(Metric metric, Tensor prediction, Tensor target) {
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
        assertEquals("mse: expected predictions and targets of one shape (N) or (N, outputs). Received (3) and (2)",
                message(() -> RegressionMetrics.mse().update(of(1, 2, 3), of(1, 2))));
        assertEquals("top_2_accuracy: expected predictions (…, classes). Received float64 (2) cpu",
                message(() -> new TopK(2).update(of(1, 2), labels(0, 1))));
        assertEquals("mrr: expected predictions (…, classes). Received float64 (2) cpu",
                message(() -> new MeanReciprocalRank().update(of(1, 2), labels(0, 1))));
        assertEquals("TopK: expected k of at least 1. Received 0", message(() -> new TopK(0)));
        assertEquals("roc_auc: expected a class of predictions taken in; there are none. Received 1",
                message(() -> RankingMetric.rocAuc().roc()));
    }

    private static String message(Executable bad) {
        return assertThrows(IllegalArgumentException.class, bad).getMessage();
    }
}
