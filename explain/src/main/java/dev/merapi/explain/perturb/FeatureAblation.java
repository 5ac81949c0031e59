package dev.merapi.explain.perturb;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;

/** What the output loses when a feature is hidden and all others are there. */
public final class FeatureAblation implements Sharing {
    @Override public Attribution share(Game game) {
        int n = game.players();
        var coalitions = new boolean[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) coalitions[i][j] = i != j;
        }
        double[] ends = game.ends();
        double[] lost = game.values(coalitions);
        for (int i = 0; i < n; i++) lost[i] = ends[1] - lost[i];
        return Attribution.of(lost, Double.NaN, ends[1]);
    }
}
