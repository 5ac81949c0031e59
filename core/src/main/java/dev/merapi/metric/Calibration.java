package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.stream.IntStream;

/**
 * Whether what is said with a probability comes true as often: the expected calibration error, Σ |share that came true
 * − mean probability| over ranges of the probability, weighted by their samples (Naeini et al. 2015; Guo et al. 2017,
 * arXiv:1706.04599). Of two classes the probability is that of class 1; of more that of the predicted class. Shapes as
 * {@link LogLoss}.
 */
public final class Calibration implements Metric<Tensor, Tensor> {
    private final Predictions predictions;
    private final long[] counts;
    private final double[] probabilities; // summed
    private final double[] hits;

    /** For logits, in 10 ranges. */
    public Calibration() { this(Predictions.LOGITS, 10); }

    /** @param ranges of equal width */
    public Calibration(Predictions predictions, int ranges) {
        Expect.atLeast("Calibration: ranges", 1, ranges);
        this.predictions = predictions;
        counts = new long[ranges];
        probabilities = new double[ranges];
        hits = new double[ranges];
    }

    @Override public String name() { return "calibration_error"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var batch = Labels.of(name(), prediction, target, Labels.IGNORE).inRange(name());
            if (batch.count() == 0) return;
            var p = predictions.probabilities(Predictions.precise(batch.prediction()), batch.binary());
            var hit = batch.labels();
            if (!batch.binary() && p.size(1) == 2) {
                p = p.select(1, 1);
            } else if (!batch.binary()) {
                hit = p.argmax(-1).eq(batch.labels());
                p = p.amax(new long[] {1}, false);
            }
            double[] ps = p.to(DType.FLOAT64).toDoubles(), ys = hit.to(DType.FLOAT64).toDoubles();
            for (int i = 0; i < ps.length; i++) {
                int range = (int) Math.min(ps[i] * counts.length, counts.length - 1);
                counts[range]++;
                probabilities[range] += ps[i];
                hits[range] += ys[i];
            }
        }
    }

    /**
     * For each range that has samples its mean probability, x, and the share that came true, y: a model on the diagonal
     * is calibrated. As scikit-learn's {@code calibration_curve}; the thresholds are the ranges' beginnings.
     */
    public Curve curve() {
        int[] some = IntStream.range(0, counts.length).filter(range -> counts[range] > 0).toArray();
        double[] x = new double[some.length], y = new double[some.length], from = new double[some.length];
        for (int i = 0; i < some.length; i++) {
            x[i] = probabilities[some[i]] / counts[some[i]];
            y[i] = hits[some[i]] / counts[some[i]];
            from[i] = (double) some[i] / counts.length;
        }
        return new Curve(x, y, from);
    }

    @Override public double value() {
        long n = 0;
        double sum = 0;
        for (int range = 0; range < counts.length; range++) {
            n += counts[range];
            sum += Math.abs(hits[range] - probabilities[range]);
        }
        return n == 0 ? Double.NaN : sum / n;
    }

    @Override public double[] state() {
        var state = new double[3 * counts.length];
        for (int range = 0; range < counts.length; range++) {
            state[range] = counts[range];
            state[counts.length + range] = probabilities[range];
            state[2 * counts.length + range] = hits[range];
        }
        return state;
    }

    @Override public void merge(double... state) {
        Metric.expectState(this, 3 * counts.length, state);
        for (int range = 0; range < counts.length; range++) {
            counts[range] += (long) state[range];
            probabilities[range] += state[counts.length + range];
            hits[range] += state[2 * counts.length + range];
        }
    }

    @Override public void reset() {
        for (int range = 0; range < counts.length; range++) {
            counts[range] = 0;
            probabilities[range] = 0;
            hits[range] = 0;
        }
    }

    @Override public boolean greaterIsBetter() { return false; }
}
