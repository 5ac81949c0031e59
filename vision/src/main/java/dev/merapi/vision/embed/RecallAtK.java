package dev.merapi.vision.embed;

import dev.merapi.metric.LabelledVectors;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.HashMap;

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
    private final LabelledVectors vectors;

    /** Named {@code recall_1} for k = 1. */
    public RecallAtK(int k) {
        Expect.atLeast("RecallAtK.k", 1, k);
        this.k = k;
        vectors = new LabelledVectors(name());
    }

    @Override public String name() { return "recall_" + k; }

    @Override public void update(Tensor prediction, Tensor target) { vectors.update(prediction, target); }

    @Override public double[] state() { return vectors.state(); }

    @Override public void merge(double... state) { vectors.merge(state); }

    /** NaN if there was no question. */
    @Override public double value() {
        int n = vectors.size();
        var members = new HashMap<Long, Integer>();
        var labels = vectors.labels();
        labels.forEach(label -> members.merge(label, 1, Integer::sum));
        long asked = labels.stream().filter(label -> members.get(label) > 1).count();
        if (asked == 0) return Double.NaN;
        int width = vectors.vector(0).length, found = 0;
        var flat = new float[n * width];
        for (int i = 0; i < n; i++) System.arraycopy(vectors.vector(i), 0, flat, i * width, width);
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
                if (vectors.label(other) != vectors.label(from + i)) continue;
                found++;
                break;
            }
        }
        return found;
    }

    @Override public void reset() { vectors.reset(); }
}
