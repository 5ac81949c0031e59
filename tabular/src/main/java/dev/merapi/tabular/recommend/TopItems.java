package dev.merapi.tabular.recommend;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The best items of some users, the best first, by their scores for all items. B users.
 *
 * @param items (B, k) int64; -1 where there are fewer that may be recommended
 * @param scores (B, k)
 */
public record TopItems(Tensor items, Tensor scores) {
    private static final int AT_ONCE = 1 << 24; // scores: 64 MiB of them

    /**
     * The k best, part after part of the users, so that memory does not grow with their number.
     *
     * @param seen what users had already, which is left out; null for nothing
     * @param users (B) int64
     */
    public static TopItems of(Recommender.Scorer model, Interactions seen, Tensor users, int k) {
        if (k < 1) throw new IllegalArgumentException("TopItems: expected k of at least 1. Received " + k);
        var items = new ArrayList<Tensor>();
        var scores = new ArrayList<Tensor>();
        try (var all = Scope.open(); var _ = Torch.noGrad()) {
            long step = users.numel();
            for (long from = 0; from < users.numel(); from += step) {
                try (var scope = Scope.open()) {
                    if (from == 0) step = step(model, users);
                    var part = users.narrow(0, from, Math.min(step, users.numel() - from));
                    var top = part(model.scores(part), seen, part, k);
                    items.add(all.keep(scope.keep(top.items)));
                    scores.add(all.keep(scope.keep(top.scores)));
                }
            }
            return new TopItems(all.keep(Tensor.cat(items, 0)), all.keep(Tensor.cat(scores, 0)));
        }
    }

    /** Users at once: as many as have a part's scores. */
    private static long step(Recommender.Scorer model, Tensor users) {
        try (var _ = Scope.open()) {
            return Math.max(1, AT_ONCE / model.scores(users.narrow(0, 0, 1)).numel());
        }
    }

    private static TopItems part(Tensor scores, Interactions seen, Tensor users, int k) {
        long items = scores.size(1);
        Tensor open = scores;
        if (seen != null) {
            var places = Tensor.of(places(seen, users.toInts(), items)).to(scores.device());
            var flat = scores.isContiguous() ? scores.view(-1) : scores.contiguous().view(-1);
            open = Tensor.call("index_fill", "int_Scalar", flat, 0, places, Double.NEGATIVE_INFINITY)
                    .view(scores.shape());
        }
        var top = open.topk(Math.min(k, items), 1);
        var found = top.indices().maskedFill(top.values().eq(Double.NEGATIVE_INFINITY), -1);
        if (k <= items) return new TopItems(found, top.values());
        return new TopItems(found.pad(-1, 0, k - items), top.values().pad(Double.NEGATIVE_INFINITY, 0, k - items));
    }

    private static long[] places(Interactions seen, int[] users, long items) {
        var places = new long[Arrays.stream(users).map(seen::count).sum()];
        int at = 0;
        for (int row = 0; row < users.length; row++) {
            for (int item : seen.itemsOf(users[row])) places[at++] = row * items + item;
        }
        return places;
    }

    /** The items of each user in numbers, without the -1. */
    public List<int[]> lists() {
        int k = (int) items.size(1);
        int[] all = items.toInts();
        var lists = new ArrayList<int[]>();
        for (int from = 0; from < all.length; from += k) {
            lists.add(Arrays.stream(all, from, from + k).filter(item -> item >= 0).toArray());
        }
        return lists;
    }
}
