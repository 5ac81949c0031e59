package dev.merapi.tabular.recommend;

import dev.merapi.metric.MeanMetric;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * How well the first k recommendations meet what users chose later, averaged over users. Shapes: recommended items
 * (B, at least k), the best first, and chosen items (B, R), both int64 and filled up with -1. A user who chose nothing
 * is not counted.
 *
 * <table><caption>For a user with R chosen items, of which H are among the first k</caption>
 * <tr><td>{@code recall_k}<td>H / R
 * <tr><td>{@code precision_k}<td>H / k
 * <tr><td>{@code hit_rate_k}<td>1 if H &gt; 0
 * <tr><td>{@code mrr_k}<td>1 / place of the first hit, 0 without one
 * <tr><td>{@code ndcg_k}<td>Σ 1 / log₂(place + 1) over hits, divided by the most that is possible
 * <tr><td>{@code map_k}<td>Σ precision at the places of hits / min(R, k)
 * </table>
 */
public final class TopItemsMetric extends MeanMetric<Tensor, Tensor> {
    /** The value for one user. */
    @FunctionalInterface
    private interface Measure {
        double of(boolean[] hits, int chosen);
    }

    private final String name;
    private final int k;
    private final Measure measure;

    private TopItemsMetric(String name, int k, Measure measure) {
        if (k < 1) throw new IllegalArgumentException(name + ": expected k of at least 1. Received " + k);
        this.name = name + "_" + k;
        this.k = k;
        this.measure = measure;
    }

    public static TopItemsMetric recall(int k) {
        return new TopItemsMetric("recall", k, (hits, chosen) -> (double) count(hits) / chosen);
    }

    public static TopItemsMetric precision(int k) {
        return new TopItemsMetric("precision", k, (hits, _) -> (double) count(hits) / k);
    }

    public static TopItemsMetric hitRate(int k) {
        return new TopItemsMetric("hit_rate", k, (hits, _) -> count(hits) > 0 ? 1 : 0);
    }

    public static TopItemsMetric mrr(int k) {
        return new TopItemsMetric("mrr", k, (hits, _) -> {
            for (int i = 0; i < hits.length; i++) if (hits[i]) return 1.0 / (i + 1);
            return 0;
        });
    }

    public static TopItemsMetric ndcg(int k) {
        return new TopItemsMetric("ndcg", k, (hits, chosen) -> {
            double gain = 0, most = 0;
            for (int i = 0; i < k; i++) {
                double discount = Math.log(2) / Math.log(i + 2);
                if (hits[i]) gain += discount;
                if (i < chosen) most += discount;
            }
            return gain / most;
        });
    }

    public static TopItemsMetric map(int k) {
        return new TopItemsMetric("map", k, (hits, chosen) -> {
            double precisions = 0;
            int before = 0;
            for (int i = 0; i < k; i++) if (hits[i]) precisions += (double) ++before / (i + 1);
            return precisions / Math.min(chosen, k);
        });
    }

    private static int count(boolean[] hits) {
        int count = 0;
        for (boolean hit : hits) if (hit) count++;
        return count;
    }

    @Override public String name() { return name; }

    @Override public void update(Tensor recommended, Tensor chosen) {
        if (recommended.rank() != 2 || chosen.rank() != 2 || recommended.size(1) < k
                || recommended.size(0) != chosen.size(0)) {
            throw new IllegalArgumentException(name + ": expected recommended items (B, at least " + k + ") and chosen"
                    + " ones (B, R). Received " + recommended.describe() + " and " + chosen.describe());
        }
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var first = recommended.narrow(1, 0, k);
            boolean[] hits = first.unsqueeze(2).eq(chosen.unsqueeze(1)).any(2, false).and(first.ge(0)).toBooleans();
            long[] counts = chosen.ge(0).sum(1).toLongs();
            var row = new boolean[k];
            for (int user = 0; user < counts.length; user++) {
                if (counts[user] == 0) continue;
                System.arraycopy(hits, user * k, row, 0, k);
                add(measure.of(row, (int) counts[user]), 1);
            }
        }
    }
}
