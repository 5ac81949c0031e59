package dev.merapi.explain.measure;

import dev.merapi.explain.Game;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What the output does when features go or come in the order of their contributions (Petsiuk et al. 2018,
 * arXiv:1806.07421), and how well contributions foretell what it does (Yeh et al. 2019, arXiv:1901.09392).
 */
public final class Faithfulness {
    private Faithfulness() {}

    /**
     * Outputs as features are hidden, those with the greatest contributions first: the faster it falls, the better.
     *
     * @param contributions of the game's players
     * @param steps in which all are hidden, each about as many
     * @return steps + 1 outputs, from all features to none
     */
    public static double[] deletion(Game game, double[] contributions, int steps) {
        return game.values(coalitions(game, contributions, steps, true));
    }

    /** Outputs as features come, those with the greatest contributions first: the faster it rises, the better. */
    public static double[] insertion(Game game, double[] contributions, int steps) {
        return game.values(coalitions(game, contributions, steps, false));
    }

    private static boolean[][] coalitions(Game game, double[] contributions, int steps, boolean all) {
        int n = game.players();
        Expect.that(contributions.length == n, "Faithfulness", "a contribution for each of the " + n + " features",
                contributions.length);
        Expect.atLeast("Faithfulness.steps", 1, steps);
        var order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> -contributions[i])).toList();
        var coalitions = new boolean[steps + 1][n];
        for (int s = 0; s <= steps; s++) {
            Arrays.fill(coalitions[s], all);
            for (int i : order.subList(0, (int) Math.round((double) s * n / steps))) coalitions[s][i] = !all;
        }
        return coalitions;
    }

    /** The area below a curve over [0, 1], by trapezoids. */
    public static double area(double[] curve) {
        double sum = 0;
        for (int i = 1; i < curve.length; i++) sum += (curve[i - 1] + curve[i]) / 2;
        return sum / (curve.length - 1);
    }

    /**
     * Infidelity: the mean square of what contributions say too much or too little about what the output loses when
     * drawn features are hidden, each with probability ½. 0 is best.
     */
    public static double infidelity(Game game, double[] contributions, int samples, long seed) {
        int n = game.players();
        Expect.that(contributions.length == n, "Faithfulness", "a contribution for each of the " + n + " features",
                contributions.length);
        Expect.atLeast("Faithfulness.samples", 1, samples);
        var random = new SplittableRandom(seed);
        var coalitions = new boolean[samples][n];
        for (boolean[] coalition : coalitions) {
            for (int i = 0; i < n; i++) coalition[i] = random.nextBoolean();
        }
        double whole = game.ends()[1];
        double[] left = game.values(coalitions);
        double sum = 0;
        for (int s = 0; s < samples; s++) {
            double said = 0;
            for (int i = 0; i < n; i++) if (!coalitions[s][i]) said += contributions[i];
            sum += Math.pow(said - (whole - left[s]), 2);
        }
        return sum / samples;
    }
}
