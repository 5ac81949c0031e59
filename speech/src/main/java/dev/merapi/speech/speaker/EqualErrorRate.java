package dev.merapi.speech.speaker;

import dev.merapi.metric.Metric;
import dev.merapi.nn.F;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often two clips are wrongly told to be of one speaker, and as often wrongly of two, at the threshold of their
 * cosine where both rates are the same: each clip is compared with each. Shapes: vectors (N, width), speakers (N).
 *
 * <p>All vectors are kept.
 */
public final class EqualErrorRate implements Metric<Tensor, Tensor> {
    private final List<float[]> vectors = new ArrayList<>();
    private final List<Long> speakers = new ArrayList<>();

    @Override public String name() { return "eer"; }

    @Override public boolean greaterIsBetter() { return false; }

    @Override public void update(Tensor prediction, Tensor target) {
        long n = target.size(0);
        Expect.that(prediction.rank() == 2 && prediction.size(0) == n, name(), "vectors (N, width) for speakers (N)",
                prediction.describe() + " and " + target.describe());
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            float[] rows = F.normalize(prediction, 1).toFloats();
            int width = (int) prediction.size(1);
            for (int i = 0; i < n; i++) vectors.add(Arrays.copyOfRange(rows, i * width, (i + 1) * width));
        }
        for (long speaker : target.toLongs()) speakers.add(speaker);
    }

    /** The width, and of each vector its speaker and its numbers. */
    @Override public double[] state() {
        if (vectors.isEmpty()) return new double[0];
        int width = vectors.getFirst().length;
        var state = new double[1 + vectors.size() * (1 + width)];
        state[0] = width;
        for (int i = 0, at = 1; i < vectors.size(); i++) {
            state[at++] = speakers.get(i);
            for (float number : vectors.get(i)) state[at++] = number;
        }
        return state;
    }

    @Override public void merge(double... state) {
        if (state.length == 0) return;
        int width = (int) state[0];
        Expect.that(width > 0 && (state.length - 1) % (1 + width) == 0, name() + ".merge", "the state of another "
                + name(), state.length + " numbers");
        for (int at = 1; at < state.length; at += 1 + width) {
            var vector = new float[width];
            for (int i = 0; i < width; i++) vector[i] = (float) state[at + 1 + i];
            vectors.add(vector);
            speakers.add((long) state[at]);
        }
    }

    /** NaN where there are not both, a pair of one speaker and one of two. */
    @Override public double value() { return threshold().rate; }

    /**
     * Where both errors are equally frequent.
     *
     * @param cosine from which on two clips are taken for one speaker's
     * @param rate of both errors there
     */
    public record Threshold(double cosine, double rate) {}

    /** The threshold where both errors are equally frequent; NaN where there are not both kinds of pairs. */
    public Threshold threshold() {
        int n = vectors.size();
        var same = new ArrayList<Double>();
        var other = new ArrayList<Double>();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                (speakers.get(i).equals(speakers.get(j)) ? same : other).add(cosine(vectors.get(i), vectors.get(j)));
            }
        }
        if (same.isEmpty() || other.isEmpty()) return new Threshold(Double.NaN, Double.NaN);
        return of(same.stream().mapToDouble(x -> x).sorted().toArray(),
                other.stream().mapToDouble(x -> x).sorted().toArray());
    }

    /** Both ascending. */
    static Threshold of(double[] same, double[] other) {
        int accepted = 0; // pairs of two speakers below the threshold
        for (int refused = 0; refused < same.length; refused++) { // pairs of one speaker below it
            while (accepted < other.length && other[accepted] < same[refused]) accepted++;
            double falseRefusals = (double) refused / same.length;
            double falseAcceptances = 1 - (double) accepted / other.length;
            if (falseRefusals >= falseAcceptances) {
                return new Threshold(same[refused], (falseRefusals + falseAcceptances) / 2);
            }
        }
        return new Threshold(same[same.length - 1], 0.5 * (1 - (double) accepted / other.length + 1));
    }

    static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }

    @Override public void reset() {
        vectors.clear();
        speakers.clear();
    }
}
