package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * True and false positives at every distinct score, scores descending.
 *
 * @param thresholds the distinct scores
 * @param truePositives positives with at least that score
 * @param falsePositives negatives with at least that score
 */
record Ranking(double[] thresholds, long[] truePositives, long[] falsePositives) {
    static Ranking of(double[] scores, boolean[] positive) {
        int n = scores.length;
        double[] sorted;
        long[] order;
        try (var _ = Scope.open()) {
            var s = Tensor.of(scores).sort(0, true);
            sorted = s.values().toDoubles();
            order = s.indices().toLongs();
        }
        var thresholds = new double[n];
        var truePositives = new long[n];
        var falsePositives = new long[n];
        int points = 0;
        long hits = 0;
        for (int i = 0; i < n; i++) {
            if (positive[(int) order[i]]) hits++;
            if (i + 1 < n && sorted[i + 1] == sorted[i]) continue; // equal scores share a threshold
            thresholds[points] = sorted[i];
            truePositives[points] = hits;
            falsePositives[points++] = i + 1 - hits;
        }
        return new Ranking(Arrays.copyOf(thresholds, points), Arrays.copyOf(truePositives, points),
                Arrays.copyOf(falsePositives, points));
    }

    long positives() { return truePositives[truePositives.length - 1]; }

    long negatives() { return falsePositives[falsePositives.length - 1]; }

    /** From (0, 0) to (1, 1). */
    Curve roc() {
        int n = thresholds.length;
        double[] x = new double[n + 1], y = new double[n + 1], at = new double[n + 1];
        at[0] = Double.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            x[i + 1] = (double) falsePositives[i] / negatives();
            y[i + 1] = (double) truePositives[i] / positives();
            at[i + 1] = thresholds[i];
        }
        return new Curve(x, y, at);
    }

    /** From the least threshold, recall 1, to (0, 1), at which nothing is positive. */
    Curve precisionRecall() {
        int n = thresholds.length;
        double[] x = new double[n + 1], y = new double[n + 1], at = new double[n + 1];
        y[n] = 1;
        at[n] = Double.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            x[n - 1 - i] = (double) truePositives[i] / positives();
            y[n - 1 - i] = (double) truePositives[i] / (truePositives[i] + falsePositives[i]);
            at[n - 1 - i] = thresholds[i];
        }
        return new Curve(x, y, at);
    }

    /** The area under the ROC curve, by trapezoids; NaN for one class alone. */
    double rocAuc() {
        double area = 0;
        long x = 0, y = 0;
        for (int i = 0; i < thresholds.length; i++) {
            area += (falsePositives[i] - x) * (double) (truePositives[i] + y) / 2;
            x = falsePositives[i];
            y = truePositives[i];
        }
        return area / ((double) positives() * negatives());
    }

    /** Σ (Rₙ - Rₙ₋₁) Pₙ over thresholds; NaN without positives. */
    double averagePrecision() {
        double sum = 0;
        long before = 0;
        for (int i = 0; i < thresholds.length; i++) {
            sum += (truePositives[i] - before) * (double) truePositives[i] / (truePositives[i] + falsePositives[i]);
            before = truePositives[i];
        }
        return sum / positives();
    }
}
