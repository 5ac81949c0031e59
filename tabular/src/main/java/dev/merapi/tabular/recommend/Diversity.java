package dev.merapi.tabular.recommend;

import dev.merapi.metric.MeanMetric;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How different the first k recommendations of a user are from each other: 1 − the mean similarity of their pairs,
 * averaged over users (Ziegler et al. 2005, <i>Improving recommendation lists through topic diversification</i>). Two
 * items are as similar as the cosine of their users, so that the measure asks no model. Shapes as those of
 * {@link TopItemsMetric}.
 */
public final class Diversity extends MeanMetric<Tensor, Tensor> {
    private final int k;
    private final int[][] usersOf; // of each item, ascending

    /** @param train by whose users items are similar */
    public Diversity(int k, Interactions train) {
        this.k = k;
        int[] counts = train.countsOfItems();
        usersOf = IntStream.range(0, counts.length).mapToObj(item -> new int[counts[item]]).toArray(int[][]::new);
        int[] user = train.userOfEach();
        var filled = new int[counts.length];
        for (int place = 0; place < user.length; place++) {
            int item = train.item(place);
            usersOf[item][filled[item]++] = user[place];
        }
    }

    @Override public String name() { return "diversity_" + k; }

    @Override public void update(Tensor recommended, Tensor chosen) {
        int width = (int) recommended.size(1);
        int[] all = recommended.toInts();
        for (int from = 0; from < all.length; from += width) {
            int[] list = Arrays.stream(all, from, from + Math.min(k, width)).filter(item -> item >= 0).toArray();
            if (list.length < 2) continue;
            double similar = 0;
            for (int i = 0; i < list.length; i++) {
                for (int j = 0; j < i; j++) similar += cosine(usersOf[list[i]], usersOf[list[j]]);
            }
            add(1 - similar / (list.length * (list.length - 1) / 2), 1);
        }
    }

    private static double cosine(int[] a, int[] b) {
        if (a.length == 0 || b.length == 0) return 0;
        int common = 0;
        for (int i = 0, j = 0; i < a.length && j < b.length;) {
            if (a[i] == b[j]) common++;
            if (a[i] <= b[j]) i++;
            else j++; // when equal, the next round moves it
        }
        return common / Math.sqrt((double) a.length * b.length);
    }
}
