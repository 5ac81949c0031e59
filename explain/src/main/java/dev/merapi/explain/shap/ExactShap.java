package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.tensor.Expect;

/**
 * Shapley's values by their definition, from the values of all 2ⁿ coalitions: what a player adds to a coalition of the
 * others, in the mean over all orders in which they may come (Shapley 1953, "A Value for n-Person Games").
 */
public final class ExactShap implements Sharing {
    private static final int MOST = 20; // players, a million coalitions

    @Override public Attribution share(Game game) {
        int n = game.players();
        Expect.that(n <= MOST, "ExactShap", "at most " + MOST + " features", n + "; take KernelShap");
        double[] v = game.values(Coalitions.all(n));
        double[] weights = weights(n);
        var phi = new double[n];
        for (int set = 0; set < v.length; set++) {
            double weight = set == v.length - 1 ? 0 : weights[Integer.bitCount(set)];
            for (int i = 0; i < n; i++) {
                if ((set >> i & 1) == 0) phi[i] += weight * (v[set | 1 << i] - v[set]);
            }
        }
        return Attribution.of(phi, v[0], v[v.length - 1]);
    }

    /** By the size s of the coalition that a player joins: s! (n - s - 1)! / n!. */
    private static double[] weights(int n) {
        var weights = new double[n];
        weights[0] = 1.0 / n;
        for (int s = 1; s < n; s++) weights[s] = weights[s - 1] * s / (n - s);
        return weights;
    }
}
