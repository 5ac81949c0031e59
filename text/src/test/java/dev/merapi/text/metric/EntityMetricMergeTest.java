package dev.merapi.text.metric;

import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class EntityMetricMergeTest {
    private static final List<String> LABELS = List.of("O", "B-PER", "I-PER", "B-LOC");

    private static Metric<Tensor, Tensor> measured(Metric<Tensor, Tensor> metric, long[][] predicted, long[][] right) {
        for (int i = 0; i < right.length; i++) {
            metric.update(Tensor.of(predicted[i], 1, 4).oneHot(4), Tensor.of(right[i], 1, 4));
        }
        return metric;
    }

    /** Three entities are found, all right, of five that there are. */
    @Test void twoHalvesEqualTheWhole() {
        long[][] predicted = {{1, 2, 0, 3}, {0, 3, 0, 3}};
        long[][] right = {{1, 2, 0, 3}, {1, 3, 1, -100}};
        for (var metric : List.of("f1", "precision", "recall")) {
            var whole = measured(of(metric), predicted, right);
            var first = measured(of(metric), new long[][] {predicted[0]}, new long[][] {right[0]});
            var second = measured(of(metric), new long[][] {predicted[1]}, new long[][] {right[1]});
            first.merge(second.state());
            assertEquals(switch (metric) {
                case "precision" -> 1;
                case "recall" -> 3 / 5.;
                default -> 2 * 0.6 / 1.6;
            }, first.value(), 1e-12);
            assertEquals(whole.value(), first.value(), 1e-12);
            var empty = of(metric);
            empty.merge(whole.state());
            assertEquals(whole.value(), empty.value(), 1e-12);
        }
        assertEquals("entity_f1.merge: expected the state of another entity_f1, 6 numbers. Received 2",
                assertThrows(IllegalArgumentException.class, () -> of("f1").merge(1, 2)).getMessage());
    }

    private static Metric<Tensor, Tensor> of(String name) {
        return switch (name) {
            case "f1" -> EntityMetric.f1(LABELS);
            case "precision" -> EntityMetric.precision(LABELS);
            default -> EntityMetric.recall(LABELS);
        };
    }
}
