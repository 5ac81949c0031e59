package dev.merapi.speech.speaker;

import dev.merapi.metric.LabelledVectors;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;

/**
 * How often two clips are wrongly told to be of one speaker, and as often wrongly of two, at the threshold of their
 * cosine where both rates are the same: each clip is compared with each. Shapes: vectors (N, width), speakers (N).
 *
 * <p>All vectors are kept.
 */
public final class EqualErrorRate implements Metric<Tensor, Tensor> {
    private final LabelledVectors vectors = new LabelledVectors(name());

    @Override public String name() { return "eer"; }

    @Override public boolean greaterIsBetter() { return false; }

    @Override public void update(Tensor prediction, Tensor target) { vectors.update(prediction, target); }

    @Override public double[] state() { return vectors.state(); }

    @Override public void merge(double... state) { vectors.merge(state); }

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
                (vectors.label(i) == vectors.label(j) ? same : other)
                        .add(cosine(vectors.vector(i), vectors.vector(j)));
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

    @Override public void reset() { vectors.reset(); }
}
