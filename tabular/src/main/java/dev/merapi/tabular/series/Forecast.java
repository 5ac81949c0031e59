package dev.merapi.tabular.series;

import java.util.List;

/**
 * What a method expects of the next steps.
 *
 * @param levels of the quantiles, ascending, 0.5 among them
 * @param quantiles for each step, those of these levels
 */
public record Forecast(List<Double> levels, double[][] quantiles) {
    /** The levels that baselines give: 0.1, 0.2, …, 0.9. */
    public static final List<Double> DECILES = List.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9);

    public Forecast {
        levels = checked(levels);
    }

    /** @throws IllegalArgumentException unless they ascend, lie between 0 and 1, and 0.5 is one of them */
    static List<Double> checked(List<Double> levels) {
        boolean fits = levels.contains(0.5);
        for (int i = 0; i < levels.size(); i++) {
            fits &= levels.get(i) > (i == 0 ? 0 : levels.get(i - 1)) && levels.get(i) < 1;
        }
        if (fits) return List.copyOf(levels);
        throw new IllegalArgumentException("Forecast: expected ascending levels between 0 and 1, with 0.5 among them."
                + " Received " + levels);
    }

    /** Normal distributions around means. */
    static Forecast normal(double[] means, double[] deviations) {
        var quantiles = new double[means.length][DECILES.size()];
        for (int step = 0; step < means.length; step++) {
            for (int q = 0; q < DECILES.size(); q++) {
                quantiles[step][q] = means[step] + deviations[step] * NORMAL[q];
            }
        }
        return new Forecast(DECILES, quantiles);
    }

    /** The deciles of the standard normal distribution. */
    private static final double[] NORMAL = {-1.2815515655446004, -0.8416212335729142, -0.5244005127080407,
        -0.2533471031357997, 0, 0.2533471031357997, 0.5244005127080407, 0.8416212335729142, 1.2815515655446004};

    /** Number of steps. */
    public int horizon() { return quantiles.length; }

    /** Of each step. */
    public double[] median() { return quantile(0.5); }

    /** @throws IllegalArgumentException if it is none of the levels */
    public double[] quantile(double level) {
        int q = levels.indexOf(level);
        if (q < 0) throw new IllegalArgumentException("Forecast.quantile: expected one of " + levels + ". Received "
                + level);
        var values = new double[quantiles.length];
        for (int step = 0; step < values.length; step++) values[step] = quantiles[step][q];
        return values;
    }
}
