package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Two halves, measured apart and merged, equal the whole. */
class MergeTest {
    private static final int ROWS = 30;
    private static final int CUT = 11;

    /** A kind of metric, and data that it takes. */
    private record Case(Supplier<Metric<Tensor, Tensor>> metric, Tensor prediction, Tensor target) {
        Metric<Tensor, Tensor> of(int from, int to) {
            var made = metric.get();
            if (to > from) made.update(prediction.narrow(0, from, to - from), target.narrow(0, from, to - from));
            return made;
        }

        @Override public String toString() { return metric.get().name(); }
    }

    static List<Case> cases() {
        Torch.seed(4);
        var logits = Tensor.randn(ROWS, 3);
        var labels = new long[ROWS];
        var pairs = new long[ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[i] = i * 7 % 3;
            pairs[i] = i * 5 % 4 / 2;
        }
        var numbers = Tensor.randn(ROWS, 2);
        var cases = new ArrayList<Case>();
        for (Supplier<Metric<Tensor, Tensor>> metric : List.<Supplier<Metric<Tensor, Tensor>>>of(
                Accuracy::new, () -> new TopK(2), Brier::new, LogLoss::new, Perplexity::new, MeanReciprocalRank::new,
                RankingMetric::rocAuc, RankingMetric::averagePrecision, () -> ClassMetrics.balancedAccuracy(3),
                () -> ClassMetrics.matthews(3), () -> ClassMetrics.kappa(3))) {
            cases.add(new Case(metric, logits, Tensor.of(labels)));
        }
        for (BiFunction<Integer, Average, Metric<Tensor, Tensor>> metric
                : List.<BiFunction<Integer, Average, Metric<Tensor, Tensor>>>of(ClassMetrics::precision,
                        ClassMetrics::recall, ClassMetrics::f1, (n, average) -> ClassMetrics.fBeta(n, 2, average))) {
            cases.add(new Case(() -> metric.apply(3, Average.MACRO), logits, Tensor.of(labels)));
        }
        cases.add(new Case(RankingMetric::rocAuc, numbers.select(1, 0), Tensor.of(pairs)));
        cases.add(new Case(() -> new Ndcg(2), logits, logits.mul(-0.3).add(Tensor.randn(ROWS, 3)).relu()));
        for (Supplier<Metric<Tensor, Tensor>> metric : List.<Supplier<Metric<Tensor, Tensor>>>of(
                RegressionMetrics::mse, RegressionMetrics::rmse, RegressionMetrics::mae, RegressionMetrics::mape,
                RegressionMetrics::r2, RegressionMetrics::explainedVariance)) {
            cases.add(new Case(metric, numbers, numbers.mul(0.7).add(Tensor.randn(ROWS, 2)).add(5)));
        }
        return cases;
    }

    @ParameterizedTest @MethodSource("cases") void twoHalvesEqualTheWhole(Case of) {
        try (var _ = Scope.open()) {
            double whole = of.of(0, ROWS).value();
            var merged = of.of(0, CUT);
            assertNotEquals(whole, merged.value(), 1e-9, "a half is not the whole");
            var second = of.of(CUT, ROWS);
            double before = second.value();
            merged.merge(second.state());
            assertEquals(whole, merged.value(), 1e-6 * Math.abs(whole));
            assertEquals(before, second.value(), "it stays as it is");
            merged.merge(of.of(0, 0).state());
            assertEquals(whole, merged.value(), 1e-6 * Math.abs(whole));
            var empty = of.of(0, 0);
            empty.merge(merged.state());
            assertEquals(merged.value(), empty.value(), 1e-12);
        }
    }

    @ParameterizedTest @MethodSource("cases") void theStateOfAnotherKindIsRefused(Case of) {
        var metric = of.metric.get();
        double[] state = {3, 1, 0, 1, 2, 4};
        String message = assertThrows(IllegalArgumentException.class, () -> metric.merge(state)).getMessage();
        assertTrue(message.startsWith(metric.name() + ".merge: expected the state of another " + metric.name() + ", ")
                && message.endsWith(" numbers. Received 6"), message);
    }
}
