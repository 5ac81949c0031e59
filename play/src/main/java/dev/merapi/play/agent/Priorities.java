package dev.merapi.play.agent;

import dev.merapi.play.env.Chance;
import dev.merapi.tensor.Tensor;

/**
 * Draws places in proportion to their priorities, |error|^α (Schaul et al. 2016, arXiv:1511.05952), by a tree of sums.
 */
final class Priorities {
    private static final double EPS = 1e-6;

    private final double alpha;
    private final int leaves; // a power of 2
    private final double[] sums; // sums[1] of all; leaf i at leaves + i
    private double highest = 1; // before the exponent: what new places get

    Priorities(int capacity, double alpha) {
        this.alpha = alpha;
        leaves = Integer.highestOneBit(Math.max(1, capacity - 1)) * 2;
        sums = new double[2 * leaves];
    }

    void add(int place) { set(place, Math.pow(highest, alpha)); }

    private void set(int place, double priority) {
        sums[leaves + place] = priority;
        for (int i = (leaves + place) / 2; i >= 1; i /= 2) sums[i] = sums[2 * i] + sums[2 * i + 1];
    }

    void update(long[] places, float[] errors) {
        for (int i = 0; i < places.length; i++) {
            double error = Math.abs(errors[i]) + EPS;
            highest = Math.max(highest, error);
            set((int) places[i], Math.pow(error, alpha));
        }
    }

    /** Draws one from each of n equal parts of the sum; the weights are (size · p)^−β, the largest 1. */
    void draw(long[] places, float[] weights, int size, double beta, Chance chance) {
        int n = places.length;
        double largest = 0;
        for (int i = 0; i < n; i++) {
            int place = find(sums[1] * (i + chance.nextDouble()) / n, size);
            places[i] = place;
            double weight = Math.pow(size * sums[leaves + place] / sums[1], -beta);
            weights[i] = (float) weight;
            largest = Math.max(largest, weight);
        }
        for (int i = 0; i < n; i++) weights[i] /= (float) largest;
    }

    private int find(double left, int size) {
        int i = 1;
        while (i < leaves) {
            i *= 2;
            if (left >= sums[i]) left -= sums[i++];
        }
        return Math.min(i - leaves, size - 1); // a sum of rounded numbers may end behind the last
    }

    Tensor state() {
        var state = new double[leaves + 1];
        System.arraycopy(sums, leaves, state, 0, leaves);
        state[leaves] = highest;
        return Tensor.of(state);
    }

    void load(Tensor saved) {
        double[] state = saved.toDoubles();
        System.arraycopy(state, 0, sums, leaves, leaves);
        for (int i = leaves - 1; i >= 1; i--) sums[i] = sums[2 * i] + sums[2 * i + 1];
        highest = state[leaves];
    }
}
