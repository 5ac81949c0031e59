package dev.merapi.metric;

import dev.merapi.nn.F;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a metric keeps that compares each vector with each: all of them, brought to length 1, and whose they are.
 */
public final class LabelledVectors {
    private final String metric;
    private final List<float[]> vectors = new ArrayList<>();
    private final List<Long> labels = new ArrayList<>();

    /** @param metric stands in messages */
    public LabelledVectors(String metric) { this.metric = metric; }

    /**
     * Adds vectors (N, width) and their labels (N).
     *
     * @throws IllegalArgumentException if the shapes are others, or the width is not that of those before
     */
    public void update(Tensor prediction, Tensor target) {
        long n = target.size(0);
        Expect.that(prediction.rank() == 2 && prediction.size(0) == n, metric, "vectors (N, width) for labels (N)",
                prediction.describe() + " and " + target.describe());
        int width = (int) prediction.size(1);
        checkWidth(width);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            float[] rows = F.normalize(prediction, 1).toFloats();
            for (int i = 0; i < n; i++) vectors.add(Arrays.copyOfRange(rows, i * width, (i + 1) * width));
        }
        for (long label : target.toLongs()) labels.add(label);
    }

    private void checkWidth(int width) {
        if (vectors.isEmpty() || vectors.getFirst().length == width) return;
        throw Expect.error(metric, "vectors of " + vectors.getFirst().length + " numbers, as before", width);
    }

    /** How many there are. */
    public int size() { return vectors.size(); }

    /** The i-th, of length 1. */
    public float[] vector(int i) { return vectors.get(i); }

    /** The i-th one's label. */
    public long label(int i) { return labels.get(i); }

    /** Of all, in order. */
    public List<Long> labels() { return List.copyOf(labels); }

    /** The width, and of each vector its label and its numbers: see {@link Metric#state}. */
    public double[] state() {
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

    /**
     * Adds those of another: see {@link Metric#merge}.
     *
     * @throws IllegalArgumentException if it is no {@link #state}, or one of another width
     */
    public void merge(double... state) {
        if (state.length == 0) return;
        int width = (int) state[0];
        Expect.that(width > 0 && (state.length - 1) % (1 + width) == 0, metric + ".merge",
                "the state of another " + metric, state.length + " numbers");
        checkWidth(width);
        for (int at = 1; at < state.length; at += 1 + width) {
            var vector = new float[width];
            for (int i = 0; i < width; i++) vector[i] = (float) state[at + 1 + i];
            vectors.add(vector);
            labels.add((long) state[at]);
        }
    }

    /** Forgets all. */
    public void reset() {
        vectors.clear();
        labels.clear();
    }
}
