package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.LeastSquares;
import dev.merapi.explain.Sharing;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Shapley's values as the weights of a linear model of coalitions, fitted with the Shapley kernel (Lundberg and Lee
 * 2017, arXiv:1705.07874). Up to 12 features, and wherever the samples suffice, all coalitions are asked, and the
 * values are exact. Else sizes of coalitions that fit are taken whole, the smallest and the largest first, and the
 * rest is drawn in pairs of a coalition and the others (Covert and Lee 2021, arXiv:2012.01536). The contributions
 * always sum to the output.
 *
 * @param samples coalitions that are asked, at most, save for up to 12 features
 */
public record KernelShap(int samples, long seed) implements Sharing {
    private static final int EXACT = 12; // features
    private static final double TINY = 1e-10; // ridge against coalitions that say nothing of a feature

    /** 2048 samples. */
    public KernelShap() { this(2048, 0); }

    public KernelShap {
        Expect.atLeast("KernelShap.samples", 2, samples);
    }

    /** The coalitions that are asked, each with its weight. */
    private record Sample(List<boolean[]> coalitions, List<Double> weights) {
        void add(boolean[] coalition, double weight) {
            coalitions.add(coalition);
            weights.add(weight);
        }
    }

    @Override public Attribution share(Game game) {
        int n = game.players();
        double[] ends = game.ends();
        if (n == 1) return Attribution.of(new double[] {ends[1] - ends[0]}, ends[0], ends[1]);
        var sample = new Sample(new ArrayList<>(), new ArrayList<>());
        boolean exact = n <= EXACT || n < 31 && (1L << n) - 2 <= samples;
        if (exact) all(n, sample);
        else drawn(n, sample);
        double[] v = game.values(sample.coalitions.toArray(boolean[][]::new));
        return Attribution.of(fit(sample, v, ends, exact ? 0 : TINY), ends[0], ends[1]);
    }

    /** The sum of the contributions is given, so the last is what the others leave: it is eliminated. */
    private static double[] fit(Sample sample, double[] v, double[] ends, double ridge) {
        int n = sample.coalitions.getFirst().length;
        double total = ends[1] - ends[0];
        var rows = new double[v.length][n - 1];
        var y = new double[v.length];
        for (int s = 0; s < v.length; s++) {
            boolean[] in = sample.coalitions.get(s);
            int last = in[n - 1] ? 1 : 0;
            for (int i = 0; i < n - 1; i++) rows[s][i] = (in[i] ? 1 : 0) - last;
            y[s] = v[s] - ends[0] - last * total;
        }
        double[] weights = sample.weights.stream().mapToDouble(Double::doubleValue).toArray();
        var penalties = new double[n - 1];
        Arrays.fill(penalties, ridge * Arrays.stream(weights).sum());
        double[] phi = Arrays.copyOf(LeastSquares.solve(rows, y, weights, penalties), n);
        phi[n - 1] = total - Arrays.stream(phi).sum();
        return phi;
    }

    /** The kernel's weight of all coalitions of a size together, but for a factor. */
    private static double weight(int n, int size) { return (n - 1.0) / ((double) size * (n - size)); }

    private static double choose(int n, int k) {
        double ways = 1;
        for (int i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
        return ways;
    }

    private static void all(int n, Sample sample) {
        for (boolean[] coalition : Coalitions.all(n)) {
            int size = size(coalition);
            if (size > 0 && size < n) sample.add(coalition, weight(n, size) / choose(n, size));
        }
    }

    private static int size(boolean[] coalition) {
        int size = 0;
        for (boolean in : coalition) if (in) size++;
        return size;
    }

    private void drawn(int n, Sample sample) {
        int size = 1;
        int left = samples;
        for (; size <= n / 2; size++) { // whole sizes, with those of the others
            boolean paired = 2 * size != n;
            double count = choose(n, size) * (paired ? 2 : 1);
            if (count > left) break;
            double weight = weight(n, size) / choose(n, size);
            everyOf(n, size, weight, paired, sample);
            left -= (int) count;
        }
        if (size > n / 2 || left < 2) return;
        var random = new SplittableRandom(seed);
        var chances = new double[n / 2 + 1];
        double rest = 0;
        for (int s = size; s <= n / 2; s++) {
            chances[s] = weight(n, s) * (2 * s == n ? 1 : 2);
            rest += chances[s];
        }
        var places = new HashMap<List<Boolean>, Integer>(); // one that is drawn again counts more
        int pairs = left / 2;
        for (int p = 0; p < pairs; p++) {
            boolean[] coalition = draw(n, chances, rest, random);
            count(coalition, rest / (2 * pairs), places, sample);
            count(Coalitions.others(coalition), rest / (2 * pairs), places, sample);
        }
    }

    private static void count(boolean[] coalition, double weight, HashMap<List<Boolean>, Integer> places,
            Sample sample) {
        var key = new ArrayList<Boolean>();
        for (boolean in : coalition) key.add(in);
        Integer place = places.putIfAbsent(key, sample.coalitions.size());
        if (place == null) sample.add(coalition, weight);
        else sample.weights.set(place, sample.weights.get(place) + weight);
    }

    private static boolean[] draw(int n, double[] chances, double sum, SplittableRandom random) {
        double u = random.nextDouble() * sum;
        int size = chances.length - 1;
        for (int s = 0; s < chances.length; s++) {
            u -= chances[s];
            if (u < 0) {
                size = s;
                break;
            }
        }
        var coalition = new boolean[n];
        for (int i = n - size; i < n; i++) { // Floyd's way to draw a subset
            int at = random.nextInt(i + 1);
            coalition[coalition[at] ? i : at] = true;
        }
        return coalition;
    }

    private static void everyOf(int n, int size, double weight, boolean paired, Sample sample) {
        var chosen = new int[size];
        for (int i = 0; i < size; i++) chosen[i] = i;
        while (true) {
            var coalition = new boolean[n];
            for (int i : chosen) coalition[i] = true;
            sample.add(coalition, weight);
            if (paired) sample.add(Coalitions.others(coalition), weight);
            int at = size - 1;
            while (at >= 0 && chosen[at] == n - size + at) at--;
            if (at < 0) return;
            chosen[at]++;
            for (int i = at + 1; i < size; i++) chosen[i] = chosen[i - 1] + 1;
        }
    }
}
