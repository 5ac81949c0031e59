package dev.merapi.tabular.recommend;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Neighbours of items: the score of item j is Σ s(i, j) over the user's items i that are among the k most similar to j.
 * Similarity is the cosine of their users with a shrunken count: |Uᵢ ∩ Uⱼ| / (√(|Uᵢ| |Uⱼ|) + shrink). Sarwar et al.
 * 2001, <i>Item-based collaborative filtering recommendation algorithms</i>.
 */
public final class ItemKnn extends Recommender {
    private static final int AT_ONCE = 1 << 24; // similarities, or interactions that may be

    final State neighbours; // (items, k) int64: of each item the most similar
    final State similarities; // (items, k)
    private final Interactions histories;

    private ItemKnn(Interactions histories, Tensor neighbours, Tensor similarities) {
        this.histories = histories;
        this.neighbours = new State(neighbours);
        this.similarities = new State(similarities);
    }

    /**
     * @param k neighbours of each item
     * @param shrink makes little of similarities that few users vouch for; 0 for none
     */
    public static ItemKnn of(Interactions train, int k, double shrink) {
        if (k < 1 || !(shrink >= 0)) {
            throw new IllegalArgumentException("ItemKnn: expected k of at least 1 and a shrink of at least 0. Received "
                    + k + " and " + shrink);
        }
        int items = train.items().size();
        int kept = Math.min(k, items);
        try (var _ = Scope.open()) {
            var byItem = histories(train, train.activeUsers()).mT().coalesce();               // (items, users)
            var lengths = Tensor.of(Arrays.stream(train.countsOfItems()).mapToDouble(Math::sqrt).toArray())
                    .to(DType.FLOAT32);
            var neighbours = new ArrayList<Tensor>();
            var similarities = new ArrayList<Tensor>();
            int step = Math.max(1, AT_ONCE / Math.max(items, train.users().size()));
            for (int from = 0; from < items; from += step) {
                try (var scope = Scope.open()) {
                    int count = Math.min(step, items - from);
                    var some = Tensor.arange(from, from + count, 1);
                    var users = byItem.indexSelect(0, some).toDense().mT().contiguous();       // (users, count)
                    var common = byItem.matmul(users);                                         // (items, count)
                    var similar = common.div(lengths.unsqueeze(1).mul(lengths.narrow(0, from, count)).add(shrink));
                    similar = similar.nanToNum(0, 0, 0);                                       // of items without users
                    similar = similar.scatter(0, some.unsqueeze(0), Tensor.zeros(1, count));   // not with itself
                    var best = similar.mT().topk(kept, 1);
                    neighbours.add(scope.keep(best.indices()));
                    similarities.add(scope.keep(best.values()));
                }
            }
            return new ItemKnn(train, Tensor.cat(neighbours, 0), Tensor.cat(similarities, 0));
        }
    }

    /** Ones where a user had to do with an item: sparse (users, items), a row for each of {@code some}. */
    private static Tensor histories(Interactions train, int[] some) {
        int count = Arrays.stream(some).map(train::count).sum();
        var places = new long[2 * count];
        int at = 0;
        for (int row = 0; row < some.length; row++) {
            for (int item : train.itemsOf(some[row])) {
                places[at] = row;
                places[count + at++] = item;
            }
        }
        return Tensor.sparse(Tensor.of(places, 2, count), Tensor.ones(count), some.length, train.items().size());
    }

    @Override public int users() { return histories.users().size(); }

    @Override public int items() { return (int) neighbours.size(0); }

    @Override public Tensor forward(Tensor users, Tensor items) { return scores(users).gather(1, items); }

    @Override public Tensor scores(Tensor users) {
        int[][] all = Arrays.stream(users.toInts()).mapToObj(histories::itemsOf).toArray(int[][]::new);
        return scoresOf(all);
    }

    /** Scores by histories of items. Shapes: B histories to (B, items). */
    public Tensor scoresOf(int[]... someHistories) {
        int items = items();
        var had = new float[Math.multiplyExact(items, someHistories.length)];
        for (int row = 0; row < someHistories.length; row++) {
            for (int item : someHistories[row]) had[item * someHistories.length + row] = 1;
        }
        return similarity().matmul(Tensor.of(had, items, someHistories.length).to(similarities.device())).mT();
    }

    /** s(i, j), sparse (j, i). */
    private Tensor similarity() {
        int items = items();
        var rows = neighbours.newArange(items).unsqueeze(1).expand(neighbours.shape()).flatten();
        var places = Tensor.stack(List.of(rows, neighbours.flatten()), 0);
        return Tensor.sparse(places, similarities.flatten(), items, items);
    }
}
