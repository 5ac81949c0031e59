package dev.merapi.compress.quantize;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * Counts numbers in even bins from -r to r, where r doubles when something larger comes, and leaves out what is rare
 * and far out: a fixed part of all numbers or, by entropy, as much as loses least: the range is narrowed step by step,
 * and the one is taken where the numbers' distribution, those beyond being counted at the ends, diverges least from
 * what 256 levels tell of it (Kullback and Leibler). Migacz 2017, "8-bit inference with TensorRT".
 */
final class HistogramObserver implements Observer {
    static final int BINS = 4096;
    static final int LEVELS = 256;
    static final int STEP = 16; // bins by which the range is narrowed
    private static final double BEYOND = 1e-4; // part of the numbers that is left out otherwise
    private static final double LEAST = 1e-12; // chance of what was never seen

    private final boolean byEntropy;
    private double[] counts = new double[BINS];
    private double zeros; // which are exact in any range, and so many that they would hide the rest
    private double radius;

    HistogramObserver(boolean byEntropy) { this.byEntropy = byEntropy; }

    @Override public void see(Tensor x) {
        try (var _ = Scope.open()) {
            Tensor flat = x.detach().to(DType.FLOAT32).flatten();
            double most = flat.abs().max().item();
            if (most == 0) return;
            if (radius == 0) radius = most;
            while (most > radius) widen();
            float[] more = Tensor.call("histc", "", flat, BINS, -radius, radius).toFloats();
            for (int i = 0; i < BINS; i++) counts[i] += more[i];
            zeros += flat.eq(0).sum().item();
        }
    }

    private void widen() {
        var wide = new double[BINS];
        for (int i = 0; i < BINS / 2; i++) wide[BINS / 4 + i] = counts[2 * i] + counts[2 * i + 1];
        counts = wide;
        radius *= 2;
    }

    @Override public Range range() {
        if (radius == 0) return Range.NOTHING;
        return byEntropy ? byEntropy() : byParts();
    }

    /** Where bin {@code i} begins. */
    private double edge(double i) { return radius * (2 * i / BINS - 1); }

    private Range byParts() {
        double all = 0;
        for (double count : counts) all += count;
        return new Range(edge(quantile(all * BEYOND / 2)), edge(quantile(all * (1 - BEYOND / 2))));
    }

    /** In bins, with even numbers within one. */
    private double quantile(double below) {
        double sum = 0;
        for (int i = 0; i < BINS; i++) {
            if (sum + counts[i] > below) return i + (below - sum) / counts[i];
            sum += counts[i];
        }
        return BINS;
    }

    private Range byEntropy() {
        var bins = counts.clone();
        bins[BINS / 2] = Math.max(0, bins[BINS / 2] - zeros);
        int first = 0, last = BINS; // of what was seen
        while (first < BINS / 2 && bins[first] == 0) first++;
        while (last > BINS / 2 && bins[last - 1] == 0) last--;
        double least = Double.POSITIVE_INFINITY;
        int best = BINS / 2;
        for (int half = BINS / 2; half >= LEVELS / 2; half -= STEP) {
            double lost = divergence(bins, Math.max(first, BINS / 2 - half), Math.min(last, BINS / 2 + half));
            if (lost < least) {
                least = lost;
                best = half;
            }
        }
        return new Range(edge(Math.max(first, BINS / 2 - best)), edge(Math.min(last, BINS / 2 + best)));
    }

    /** Of the distribution, clipped to bins from {@code low} to below {@code high}, from its levels. */
    static double divergence(double[] bins, int low, int high) {
        int n = high - low;
        var clipped = new double[n];
        double all = 0, inside = 0;
        for (int i = 0; i < bins.length; i++) {
            all += bins[i];
            clipped[Math.clamp(i - low, 0, n - 1)] += bins[i];
            if (i >= low && i < high) inside += bins[i];
        }
        double sum = 0;
        for (int level = 0; level < Math.min(n, LEVELS); level++) {
            int from = level * n / Math.min(n, LEVELS), to = (level + 1) * n / Math.min(n, LEVELS);
            double together = 0;
            int used = 0;
            for (int i = from; i < to; i++) {
                together += bins[low + i];
                if (clipped[i] > 0) used++;
            }
            for (int i = from; i < to; i++) {
                if (clipped[i] > 0) sum += clipped[i] / all * Math.log(clipped[i] / all
                        / Math.max(LEAST, together / used / inside));
            }
        }
        return sum;
    }
}
