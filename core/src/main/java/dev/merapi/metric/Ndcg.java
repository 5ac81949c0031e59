package dev.merapi.metric;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Normalised discounted cumulative gain of the first k places: the gain of a ranking by predicted scores, each item's
 * relevance divided by log₂(place + 1), as a share of the best possible (Järvelin and Kekäläinen, 2002). Items of equal
 * score share their places. A row without a relevant item counts 0. Shapes: scores (N, items), relevances (N, items).
 */
public final class Ndcg extends MeanMetric<Tensor, Tensor> {
    private final int k;

    /** @param k places that count, from 1 */
    public Ndcg(int k) {
        Expect.atLeast("Ndcg.k", 1, k);
        this.k = k;
    }

    @Override public String name() { return "ndcg_" + k; }

    @Override public void update(Tensor prediction, Tensor target) {
        if (prediction.rank() != 2 || !Arrays.equals(prediction.shape(), target.shape())) {
            throw new IllegalArgumentException(name() + ": expected scores and relevances (N, items). Received shapes "
                    + Shapes.toString(prediction.shape()) + " and " + Shapes.toString(target.shape()));
        }
        try (var _ = Scope.open()) {
            var byScore = prediction.detach().sort(1, true);
            double[] scores = byScore.values().toDoubles();
            double[] gains = target.gather(1, byScore.indices()).toDoubles();
            double[] best = target.sort(1, true).values().toDoubles();
            int rows = (int) target.size(0), items = (int) target.size(1);
            for (int row = 0; row < rows; row++) {
                double ideal = gain(best, best, row * items, items);
                add(ideal > 0 ? gain(scores, gains, row * items, items) / ideal : 0, 1);
            }
        }
    }

    /** Each group of equal scores gets its mean relevance at each of its places. */
    private double gain(double[] scores, double[] relevances, int from, int items) {
        double gain = 0;
        for (int start = 0; start < Math.min(k, items);) {
            int end = start;
            double relevance = 0, discount = 0;
            while (end < items && scores[from + end] == scores[from + start]) {
                relevance += relevances[from + end];
                if (end < k) discount += Math.log(2) / Math.log(end + 2);
                end++;
            }
            if (end == start) return Double.NaN; // a score that is NaN equals nothing
            gain += relevance / (end - start) * discount;
            start = end;
        }
        return gain;
    }
}
