package dev.merapi.tabular.recommend;

import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.DoubleStream;

/**
 * The share of all items that are among the first k recommendations of at least one user. Shapes as those of
 * {@link TopItemsMetric}.
 */
public final class Coverage implements Metric<Tensor, Tensor> {
    private final int k;
    private final int items;
    private final BitSet seen = new BitSet();
    private boolean any;

    /** @param items how many there are */
    public Coverage(int k, int items) {
        this.k = k;
        this.items = items;
    }

    @Override public String name() { return "coverage_" + k; }

    @Override public void update(Tensor recommended, Tensor chosen) {
        int width = (int) recommended.size(1);
        int[] all = recommended.toInts();
        for (int i = 0; i < all.length; i++) {
            if (i % width < k && all[i] >= 0) seen.set(all[i]);
        }
        any = true;
    }

    /** Whether there was a batch, then the items. */
    @Override public double[] state() {
        return DoubleStream.concat(DoubleStream.of(any ? 1 : 0), seen.stream().asDoubleStream()).toArray();
    }

    @Override public void merge(double... state) {
        if (state.length == 0 || Arrays.stream(state).skip(1).anyMatch(item -> item < 0 || item >= items)) {
            throw new IllegalArgumentException(name() + ".merge: expected the state of another " + name() + " of "
                    + items + " items. Received " + state.length + " numbers that are none.");
        }
        any |= state[0] > 0;
        for (int i = 1; i < state.length; i++) seen.set((int) state[i]);
    }

    @Override public double value() { return any ? (double) seen.cardinality() / items : Double.NaN; }

    @Override public void reset() {
        seen.clear();
        any = false;
    }
}
