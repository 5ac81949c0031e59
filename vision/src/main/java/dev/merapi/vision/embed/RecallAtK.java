package dev.merapi.vision.embed;

import dev.merapi.metric.Metric;
import dev.merapi.nn.F;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/**
 * How often pictures are found again: each asks for its nearest others by cosine, and is content if one of the first k
 * is of its class (Song et al. 2016, arXiv:1511.06452). Those whose class has no other are no question, but may be an
 * answer. Shapes: vectors (N, width), class ids (N).
 *
 * <p>All vectors are kept, and {@link #value} compares each with each: N² · width multiplications.
 */
public final class RecallAtK implements Metric<Tensor, Tensor> {
    private static final int CHUNK = 512; // questions that are asked together

    private final int k;
    private final List<float[]> vectors = new ArrayList<>();
    private final List<Long> labels = new ArrayList<>();

    /** Named {@code recall_1} for k = 1. */
    public RecallAtK(int k) {
        Expect.atLeast("RecallAtK.k", 1, k);
        this.k = k;
    }

    @Override public String name() { return "recall_" + k; }

    @Override public void update(Tensor prediction, Tensor target) {
        long n = target.size(0);
        Expect.that(prediction.rank() == 2 && prediction.size(0) == n, name(), "vectors (N, width) for labels (N)",
                prediction.describe() + " and " + target.describe());
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            float[] rows = F.normalize(prediction, 1).toFloats();
            int width = (int) prediction.size(1);
            for (int i = 0; i < n; i++) {
                add(Arrays.copyOfRange(rows, i * width, (i + 1) * width));
            }
        }
        for (long label : target.toLongs()) labels.add(label);
    }

    private void add(float[] vector) {
        if (!vectors.isEmpty() && vectors.getFirst().length != vector.length) {
            throw Expect.error(name(), "vectors of " + vectors.getFirst().length + " numbers, as before",
                    vector.length);
        }
        vectors.add(vector);
    }

    /** The width, and of each vector its class and its numbers. */
    @Override public double[] state() {
        if (vectors.isEmpty()) return new double[0];
        int width = vectors.getFirst().length;
        var state = new double[1 + vectors.size() * (1 + width)];
        state[0] = width;
        for (int i = 0, at = 1; i < vectors.size(); i++) {
            state[at++] = labels.get(i);
            for (float number : vectors.get(i)) state[at++] = number;
        }
        return state;
    }

    @Override public void merge(double... state) {
        if (state.length == 0) return;
        int width = (int) state[0];
        Expect.that(width > 0 && (state.length - 1) % (1 + width) == 0, name() + ".merge",
                "the state of another " + name(), state.length + " numbers");
        for (int at = 1; at < state.length; at += 1 + width) {
            var vector = new float[width];
            for (int i = 0; i < width; i++) vector[i] = (float) state[at + 1 + i];
            add(vector);
            labels.add((long) state[at]);
        }
    }

    /** NaN if there was no question. */
    @Override public double value() {
        int n = vectors.size();
        var members = new HashMap<Long, Integer>();
        labels.forEach(label -> members.merge(label, 1, Integer::sum));
        long asked = labels.stream().filter(label -> members.get(label) > 1).count();
        if (asked == 0) return Double.NaN;
        int width = vectors.getFirst().length, found = 0;
        var flat = new float[n * width];
        for (int i = 0; i < n; i++) System.arraycopy(vectors.get(i), 0, flat, i * width, width);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var all = Tensor.of(flat, n, width);
            for (int from = 0; from < n; from += CHUNK) {
                try (var _ = Scope.open()) {
                    found += found(all, from, Math.min(CHUNK, n - from));
                }
            }
        }
        return (double) found / asked;
    }

    /** How many of some questions are answered. */
    private int found(Tensor all, int from, int count) {
        var cosines = all.narrow(0, from, count).matmul(all.transpose(0, 1)); // (count, N)
        int most = Math.min(k + 1, vectors.size()); // the one who asks is among them, or beaten by equals
        long[] nearest = cosines.topk(most, 1).indices().toLongs();
        int found = 0;
        for (int i = 0; i < count; i++) {
            int left = k;
            for (int j = 0; j < most && left > 0; j++) {
                int other = (int) nearest[i * most + j];
                if (other == from + i) continue;
                left--;
                if (!labels.get(other).equals(labels.get(from + i))) continue;
                found++;
                break;
            }
        }
        return found;
    }

    @Override public void reset() {
        vectors.clear();
        labels.clear();
    }
}
