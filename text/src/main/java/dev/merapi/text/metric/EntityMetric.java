package dev.merapi.text.metric;

import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * {@link EntityF1} over batches of tokens, all entities together. Shapes: logits (B, T, labels), targets (B, T), int64,
 * -100 where there is nothing to compare.
 */
public final class EntityMetric implements Metric<Tensor, Tensor> {
    private static final long IGNORE = -100;

    private final String name;
    private final List<String> labels;
    private final ToDoubleFunction<EntityF1.Score> part;
    private EntityF1 entities = new EntityF1();
    private boolean empty = true;

    private EntityMetric(String name, List<String> labels, ToDoubleFunction<EntityF1.Score> part) {
        this.name = name;
        this.labels = List.copyOf(labels);
        this.part = part;
    }

    /**
     * @param labels {@code O}, {@code B-PER}, … by index
     */
    public static Metric<Tensor, Tensor> f1(List<String> labels) {
        return new EntityMetric("entity_f1", labels, EntityF1.Score::f1);
    }

    /** As {@link #f1}: the share of the entities found that are right. */
    public static Metric<Tensor, Tensor> precision(List<String> labels) {
        return new EntityMetric("entity_precision", labels, EntityF1.Score::precision);
    }

    /** As {@link #f1}: the share of the entities there that are found. */
    public static Metric<Tensor, Tensor> recall(List<String> labels) {
        return new EntityMetric("entity_recall", labels, EntityF1.Score::recall);
    }

    @Override public String name() { return name; }

    @Override public void update(Tensor prediction, Tensor target) {
        long[] best = prediction.argmax(-1).toLongs();
        long[] right = target.toLongs();
        int length = (int) target.size(1);
        for (int row = 0; row < right.length; row += length) {
            var found = new ArrayList<String>();
            var expected = new ArrayList<String>();
            for (int i = row; i < row + length; i++) {
                if (right[i] == IGNORE) continue;
                found.add(labels.get((int) best[i]));
                expected.add(labels.get((int) right[i]));
            }
            entities.add(found, expected);
        }
        empty = false;
    }

    /** Three numbers for each type; none before the first batch. */
    @Override public double[] state() {
        if (empty) return new double[0];
        return EntityF1.types(labels).flatMap(type -> Arrays.stream(entities.counts(type)).boxed())
                .mapToDouble(Long::doubleValue).toArray();
    }

    @Override public void merge(double... state) {
        if (state.length == 0) return;
        var types = EntityF1.types(labels).toList();
        Metric.expectState(this, 3 * types.size(), state);
        for (int i = 0; i < types.size(); i++) {
            entities.add(types.get(i), Arrays.stream(state, 3 * i, 3 * i + 3).mapToLong(n -> (long) n).toArray());
        }
        empty = false;
    }

    @Override public double value() { return empty ? Double.NaN : part.applyAsDouble(entities.micro()); }

    @Override public void reset() {
        entities = new EntityF1();
        empty = true;
    }
}
