package dev.merapi.explain.lime;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.LeastSquares;
import dev.merapi.explain.Sharing;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The weights of a linear model of what is there and what is hidden, fitted near the input: each feature of a sample is
 * hidden with probability ½, and samples weigh the more the less is hidden (Ribeiro et al. 2016, "Why Should I Trust
 * You?", arXiv:1602.04938). Weights are those of a ridge regression with an intercept, on samples weighted by
 * exp(-d² / width²), where d is the cosine distance to the whole input. Unlike SHAP's they need not sum to the output:
 * {@link Attribution#base} is the intercept, and {@link Attribution#output} the model's.
 *
 * @param width of the kernel, 0.25 of lime's images and texts
 * @param ridge the penalty on squares of weights, 1 of lime
 */
public record Lime(int samples, double width, double ridge, long seed) implements Sharing {
    /** 1000 samples, with lime's own settings. */
    public Lime() { this(1000, 0.25, 1, 0); }

    public Lime {
        Expect.atLeast("Lime.samples", 2, samples);
        Expect.positive("Lime.width", width);
        Expect.atLeast("Lime.ridge", 0, ridge);
    }

    /** The same with so many samples. */
    public Lime samples(int count) { return new Lime(count, width, ridge, seed); }

    @Override public Attribution share(Game game) {
        int n = game.players();
        boolean[][] coalitions = coalitions(n);
        double[] v = game.values(coalitions);
        var rows = new double[samples][n + 1];
        var weights = new double[samples];
        for (int s = 0; s < samples; s++) {
            int size = 0;
            for (int i = 0; i < n; i++) {
                if (!coalitions[s][i]) continue;
                rows[s][i] = 1;
                size++;
            }
            rows[s][n] = 1;
            weights[s] = weight(size, n);
        }
        var penalties = new double[n + 1];
        Arrays.fill(penalties, 0, n, ridge);
        double[] fitted = LeastSquares.solve(rows, v, weights, penalties);
        return Attribution.of(Arrays.copyOf(fitted, n), fitted[n], v[0]);
    }

    /** The input itself, and others. */
    boolean[][] coalitions(int n) {
        var random = new SplittableRandom(seed);
        var coalitions = new boolean[samples][n];
        Arrays.fill(coalitions[0], true);
        for (int s = 1; s < samples; s++) {
            for (int i = 0; i < n; i++) coalitions[s][i] = random.nextBoolean();
        }
        return coalitions;
    }

    /** Of a sample with {@code size} of n features; the cosine of nothing is 0. */
    double weight(int size, int n) {
        double distance = 1 - Math.sqrt((double) size / n);
        return Math.exp(-distance * distance / (width * width));
    }
}
