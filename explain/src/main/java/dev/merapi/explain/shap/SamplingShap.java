package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Shapley's values, each by itself: what a feature adds to drawn coalitions of the others (Štrumbelj and Kononenko
 * 2014, "Explaining prediction models and individual predictions with feature contributions"). What their sum
 * misses of the output is laid on those that are least certain, in proportion to their variance.
 *
 * @param samples coalitions for each feature
 */
public record SamplingShap(int samples, long seed) implements Sharing {
    /** 200 for each feature. */
    public SamplingShap() { this(200, 0); }

    public SamplingShap {
        Expect.atLeast("SamplingShap.samples", 2, samples);
    }

    @Override public Attribution share(Game game) {
        int n = game.players();
        var random = new SplittableRandom(seed);
        double[] ends = game.ends();
        var phi = new double[n];
        var variances = new double[n];
        for (int i = 0; i < n; i++) {
            var coalitions = new boolean[2 * samples][];
            for (int s = 0; s < samples; s++) {
                coalitions[2 * s] = before(i, n, random);
                coalitions[2 * s + 1] = coalitions[2 * s].clone();
                coalitions[2 * s + 1][i] = true;
            }
            double[] v = game.values(coalitions);
            var added = new double[samples];
            for (int s = 0; s < samples; s++) added[s] = v[2 * s + 1] - v[2 * s];
            double mean = Arrays.stream(added).average().orElseThrow();
            phi[i] = mean;
            variances[i] = Arrays.stream(added).map(a -> (a - mean) * (a - mean)).sum() / (samples - 1) / samples;
        }
        double gap = ends[1] - ends[0] - Arrays.stream(phi).sum();
        double all = Arrays.stream(variances).sum();
        for (int i = 0; i < n; i++) phi[i] += gap * (all > 0 ? variances[i] / all : 1.0 / n);
        return Attribution.of(phi, ends[0], ends[1]);
    }

    /** Those that come before a player in a drawn order: of each size as often. */
    private static boolean[] before(int player, int n, SplittableRandom random) {
        var in = new boolean[n];
        for (int other : PermutationShap.shuffled(n, random)) {
            if (other == player) break;
            in[other] = true;
        }
        return in;
    }
}
