package dev.merapi.metric;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.Goldens;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every case of {@code goldens/metrics.json}, whole and in uneven batches, within 1e-9. */
class MetricGoldensTest {
    private static final JsonNode CASES = Goldens.json("metrics").get("cases");
    private static final double TOLERANCE = 1e-9;
    private static final Predictions PROBABILITIES = Predictions.PROBABILITIES;

    /** Metrics whose value is one number, with what turns the golden's prediction into the metric's. */
    private static final Map<String, Supplier<Metric<Tensor, Tensor>>> VALUES = new HashMap<>();
    /** As above, from the predictions' logits rather than probabilities. */
    private static final Map<String, Supplier<Metric<Tensor, Tensor>>> FROM_LOGITS = Map.of(
            "log_loss", LogLoss::new,
            "log_loss_binary", LogLoss::new,
            "brier", Brier::new,
            "roc_auc", RankingMetric::rocAuc,
            "average_precision", RankingMetric::averagePrecision);
    /** Values of several numbers. */
    private static final Map<String, Function<JsonNode, List<?>>> LISTS = new HashMap<>();

    static {
        VALUES.put("accuracy", Accuracy::new);
        VALUES.put("balanced_accuracy", () -> ClassMetrics.balancedAccuracy(4));
        VALUES.put("matthews", () -> ClassMetrics.matthews(4));
        VALUES.put("cohen_kappa", () -> ClassMetrics.kappa(4));
        for (var average : List.of(Average.MICRO, Average.MACRO, Average.WEIGHTED)) {
            VALUES.put(average.name("precision"), () -> ClassMetrics.precision(4, average));
            VALUES.put(average.name("recall"), () -> ClassMetrics.recall(4, average));
            VALUES.put(average.name("f1"), () -> ClassMetrics.f1(4, average));
        }
        VALUES.put("precision_binary", () -> ClassMetrics.precision(2, Average.BINARY));
        VALUES.put("recall_binary", () -> ClassMetrics.recall(2, Average.BINARY));
        VALUES.put("f1_binary", () -> ClassMetrics.f1(2, Average.BINARY));
        VALUES.put("f_beta_binary", () -> ClassMetrics.fBeta(2, 2, Average.BINARY));
        VALUES.put("roc_auc", RankingMetric::rocAuc);
        VALUES.put("roc_auc_tied", RankingMetric::rocAuc);
        VALUES.put("average_precision", RankingMetric::averagePrecision);
        VALUES.put("average_precision_tied", RankingMetric::averagePrecision);
        VALUES.put("roc_auc_ovr_macro", () -> RankingMetric.rocAuc(Average.MACRO, PROBABILITIES));
        VALUES.put("roc_auc_ovr_weighted", () -> RankingMetric.rocAuc(Average.WEIGHTED, PROBABILITIES));
        VALUES.put("average_precision_macro", () -> RankingMetric.averagePrecision(Average.MACRO, PROBABILITIES));
        VALUES.put("log_loss_binary", () -> new LogLoss(PROBABILITIES));
        VALUES.put("log_loss", () -> new LogLoss(PROBABILITIES));
        VALUES.put("brier", () -> new Brier(PROBABILITIES));
        VALUES.put("top_1", () -> new TopK(1));
        VALUES.put("top_2", () -> new TopK(2));
        VALUES.put("top_3", () -> new TopK(3));
        VALUES.put("mrr", MeanReciprocalRank::new);
        VALUES.put("ndcg_3", () -> new Ndcg(3));
        VALUES.put("mse", RegressionMetrics::mse);
        VALUES.put("mse_2_outputs", RegressionMetrics::mse);
        VALUES.put("rmse", RegressionMetrics::rmse);
        VALUES.put("mae", RegressionMetrics::mae);
        VALUES.put("mape", RegressionMetrics::mape);
        VALUES.put("r2", RegressionMetrics::r2);
        VALUES.put("r2_2_outputs", RegressionMetrics::r2);
        VALUES.put("explained_variance", RegressionMetrics::explainedVariance);

        LISTS.put("confusion_matrix", inputs -> List.of((Object[]) matrix(inputs).counts()));
        LISTS.put("precision_per_class", inputs -> perClass(inputs, ConfusionMatrix::precision));
        LISTS.put("recall_per_class", inputs -> perClass(inputs, ConfusionMatrix::recall));
        LISTS.put("f1_per_class", inputs -> perClass(inputs, ConfusionMatrix::f1));
        for (String tied : List.of("", "_tied")) {
            LISTS.put("roc_curve" + tied, inputs -> {
                var curve = ranked(inputs).roc();
                return List.of(curve.x(), curve.y());
            });
            LISTS.put("precision_recall_curve" + tied, inputs -> {
                var curve = ranked(inputs).precisionRecall();
                int finite = curve.thresholds().length - 1; // scikit-learn gives the last point no threshold
                return List.of(curve.y(), curve.x(), Arrays.copyOf(curve.thresholds(), finite));
            });
        }
    }

    @Test void everyCaseIsMapped() {
        var mapped = new HashSet<>(VALUES.keySet());
        mapped.addAll(LISTS.keySet());
        var cases = new HashSet<String>();
        CASES.fieldNames().forEachRemaining(cases::add);
        assertEquals(cases, mapped);
    }

    @Test void valuesAreScikitLearns() { VALUES.forEach((name, metric) -> check(name, metric.get(), false)); }

    @Test void probabilitiesMayComeAsLogits() {
        FROM_LOGITS.forEach((name, metric) -> check(name, metric.get(), true));
    }

    private static void check(String name, Metric<Tensor, Tensor> metric, boolean asLogits) {
        var inputs = CASES.get(name).get("inputs");
        double expected = CASES.get(name).get("value").asDouble();
        int rows = inputs.get("true").size();
        for (int[] sizes : List.of(new int[] {rows}, new int[] {1, rows - 1}, new int[] {rows - 1, 1})) {
            metric.reset();
            assertEquals(Double.NaN, metric.value(), name);
            int from = 0;
            for (int size : sizes) {
                update(metric, name, inputs, from, size, asLogits);
                from += size;
            }
            assertEquals(expected, metric.value(), TOLERANCE, name + " in batches of " + List.of(sizes[0], rows));
        }
    }

    private static void update(Metric<Tensor, Tensor> metric, String name, JsonNode inputs, int from, int size,
            boolean asLogits) {
        try (var _ = Scope.open()) {
            var target = tensor(inputs.get("true")).narrow(0, from, size);
            Tensor prediction;
            if (inputs.has("score")) prediction = tensor(inputs.get("score"));
            else if (metric instanceof Accuracy || isOfClasses(name)) prediction = oneHot(inputs);
            else prediction = tensor(inputs.get("pred"));
            if (asLogits) prediction = prediction.rank() > 1 ? prediction.log()
                    : prediction.log().sub(prediction.neg().log1p());
            long before = Scope.live();
            metric.update(prediction.narrow(0, from, size), target);
            // One more is the part of the prediction, made on this line; fewer, where another test's garbage went.
            assertTrue(Scope.live() <= before + 1, name);
        }
    }

    private static boolean isOfClasses(String name) {
        return name.matches("(balanced|matthews|cohen|precision|recall|f1|f_beta).*");
    }

    @Test void listsAreScikitLearns() {
        LISTS.forEach((name, compute) -> {
            try (var _ = Scope.open()) {
                var expected = new ArrayList<Double>();
                flatten(CASES.get(name).get("value"), expected);
                var actual = numbers(compute.apply(CASES.get(name).get("inputs")));
                assertEquals(expected.size(), actual.size(), name);
                for (int i = 0; i < actual.size(); i++) {
                    assertEquals(expected.get(i), actual.get(i), TOLERANCE, name + " at " + i);
                }
            }
        });
    }

    private static ConfusionMatrix matrix(JsonNode inputs) {
        var matrix = new ConfusionMatrix(4);
        matrix.update(oneHot(inputs), tensor(inputs.get("true")));
        return matrix;
    }

    private static List<?> perClass(JsonNode inputs, ToDoubleBiFunction<ConfusionMatrix, Integer> value) {
        var matrix = matrix(inputs);
        return IntStream.range(0, 4).mapToObj(c -> value.applyAsDouble(matrix, c)).toList();
    }

    private static RankingMetric ranked(JsonNode inputs) {
        var metric = RankingMetric.rocAuc();
        metric.update(tensor(inputs.get("score")), tensor(inputs.get("true")));
        return metric;
    }

    /** Logits whose greatest is the golden's prediction. */
    private static Tensor oneHot(JsonNode inputs) {
        long classes = tensor(inputs.get("true")).max().itemLong() + 1;
        return tensor(inputs.get("pred")).to(DType.INT64).oneHot(classes)
                .to(DType.FLOAT32);
    }

    private static Tensor tensor(JsonNode rows) {
        var flat = new ArrayList<Double>();
        flatten(rows, flat);
        var values = Tensor.of(flat.stream().mapToDouble(d -> d).toArray());
        return rows.get(0).isArray() ? values.reshape(rows.size(), rows.get(0).size()) : values;
    }

    private static void flatten(JsonNode node, List<Double> into) {
        if (node.isArray()) node.forEach(child -> flatten(child, into));
        else into.add(node.asDouble());
    }

    private static List<Double> numbers(List<?> values) {
        var numbers = new ArrayList<Double>();
        for (Object value : values) {
            switch (value) {
                case double[] a -> { for (double d : a) numbers.add(d); }
                case long[] a -> { for (long n : a) numbers.add((double) n); }
                default -> numbers.add((Double) value);
            }
        }
        return numbers;
    }
}
