package dev.merapi.tabular.series;

import java.util.function.IntUnaryOperator;

/**
 * What every model must beat. Their quantiles are those of normal errors as large as the errors within the history
 * (Hyndman and Athanasopoulos, <i>Forecasting: principles and practice</i>, 5.5); {@link Arima} is another.
 */
public final class Baselines {
    private Baselines() {}

    /** The last value, again and again. */
    public static ForecastMethod naive() { return seasonalNaive(1); }

    /**
     * The value a season before.
     *
     * @param season steps, such as 12 for months
     */
    public static ForecastMethod seasonalNaive(int season) {
        if (season < 1) throw new IllegalArgumentException("seasonalNaive: expected at least 1. Received " + season);
        return (history, horizon) -> {
            double[] y = history.complete().values();
            if (y.length <= season) throw tooShort(history, season + 1);
            double error = 0;
            for (int t = season; t < y.length; t++) error += Math.pow(y[t] - y[t - season], 2);
            double deviation = Math.sqrt(error / (y.length - season));
            return forecast(horizon, step -> y.length - season + step % season, step -> step / season + 1, y,
                    deviation);
        };
    }

    private static Forecast forecast(int horizon, IntUnaryOperator source, IntUnaryOperator errors, double[] y,
            double deviation) {
        var means = new double[horizon];
        var deviations = new double[horizon];
        for (int step = 0; step < horizon; step++) {
            means[step] = y[source.applyAsInt(step)];
            deviations[step] = deviation * Math.sqrt(errors.applyAsInt(step));
        }
        return Forecast.normal(means, deviations);
    }

    static IllegalArgumentException tooShort(Series history, int least) {
        return new IllegalArgumentException("Series " + history.name() + ": expected at least " + least
                + " values. Received " + history.size());
    }
}
