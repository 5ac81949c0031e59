package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.tensor.Expect;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Shapley's values in the mean over drawn orders of the features, each walked there and back (Mitchell et al. 2022,
 * arXiv:2104.12199). The contributions of each order sum to the output, and so does their mean.
 *
 * @param orders each asks for 2 (features - 1) coalitions
 */
public record PermutationShap(int orders, long seed) implements Sharing {
    /** 10 orders. */
    public PermutationShap() { this(10, 0); }

    public PermutationShap {
        Expect.atLeast("PermutationShap.orders", 1, orders);
    }

    @Override public Attribution share(Game game) {
        int n = game.players();
        var random = new SplittableRandom(seed);
        double[] ends = game.ends();
        var phi = new double[n];
        for (int o = 0; o < orders; o++) {
            int[] order = shuffled(n, random);
            walk(game, order, ends, phi);
            walk(game, IntStream.range(0, n).map(i -> order[n - 1 - i]).toArray(), ends, phi);
        }
        for (int i = 0; i < n; i++) phi[i] /= 2 * orders;
        return Attribution.of(phi, ends[0], ends[1]);
    }

    private static void walk(Game game, int[] order, double[] ends, double[] phi) {
        int n = order.length;
        var coalitions = new boolean[n - 1][];
        var in = new boolean[n];
        for (int i = 0; i < n - 1; i++) {
            in[order[i]] = true;
            coalitions[i] = in.clone();
        }
        double[] v = game.values(coalitions);
        for (int i = 0; i < n; i++) phi[order[i]] += (i == n - 1 ? ends[1] : v[i]) - (i == 0 ? ends[0] : v[i - 1]);
    }

    static int[] shuffled(int n, SplittableRandom random) {
        int[] order = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }
}
