package dev.merapi.tabular.series;

import java.util.List;

/** How far forecasts are from what came. */
public final class ForecastErrors {
    private ForecastErrors() {}

    /**
     * The mean error of the seasonal naive forecast within a series, one step of a season ahead: what MASE divides by.
     * NaN if the series is no longer than a season.
     */
    public static double naiveError(double[] history, int season) {
        double sum = 0;
        for (int t = season; t < history.length; t++) sum += Math.abs(history[t] - history[t - season]);
        return history.length <= season ? Double.NaN : sum / (history.length - season);
    }

    /**
     * Mean absolute scaled error: mean |y − ŷ| / naive error (Hyndman and Koehler 2006). Below 1 is better than the
     * seasonal naive method was within the history.
     */
    public static double mase(double[] actual, double[] forecast, double naiveError) {
        double sum = 0;
        for (int t = 0; t < actual.length; t++) sum += Math.abs(actual[t] - forecast[t]);
        return sum / actual.length / naiveError;
    }

    /** Symmetric mean absolute percentage error, 0 to 2: mean 2 |y − ŷ| / (|y| + |ŷ|); 0 where both are 0. */
    public static double smape(double[] actual, double[] forecast) {
        double sum = 0;
        for (int t = 0; t < actual.length; t++) {
            double size = Math.abs(actual[t]) + Math.abs(forecast[t]);
            sum += size == 0 ? 0 : 2 * Math.abs(actual[t] - forecast[t]) / size;
        }
        return sum / actual.length;
    }

    /**
     * Continuous ranked probability score, by quantiles: twice the mean of their quantile losses, which comes to the
     * score as levels get close (Gneiting and Ranjan 2011). Of the median alone it is the absolute error.
     *
     * @param quantiles for each step, those of the levels
     */
    public static double crps(double[] actual, double[][] quantiles, List<Double> levels) {
        double sum = 0;
        for (int t = 0; t < actual.length; t++) {
            for (int q = 0; q < levels.size(); q++) {
                double above = actual[t] - quantiles[t][q];
                sum += Math.max(levels.get(q) * above, (levels.get(q) - 1) * above);
            }
        }
        return 2 * sum / actual.length / levels.size();
    }
}
