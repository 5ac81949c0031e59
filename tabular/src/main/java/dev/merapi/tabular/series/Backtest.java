package dev.merapi.tabular.series;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Forecasts from one origin after another, each with the past alone, compared with what came.
 *
 * <pre>{@code
 * var test = Backtest.last(series, 12, 3, 12); // three forecasts of 12 steps each, the season is 12
 * IO.println(test.of(Baselines.seasonalNaive(12)).mase());
 * }</pre>
 */
public final class Backtest {
    /**
     * Means over all forecasts.
     *
     * @param mase scaled by the error within the history before each origin, see {@link ForecastErrors}
     * @param crps scaled in the same way, so that series of any size count alike
     * @param forecasts how many there were
     */
    public record Result(double mase, double smape, double crps, int forecasts) {
        @Override public String toString() {
            return "MASE %.3f, sMAPE %.3f, CRPS %.3f over %d forecasts".formatted(mase, smape, crps, forecasts);
        }
    }

    private final List<Series> series;
    private final int horizon;
    private final int origins;
    private final int step;
    private final int season;

    private Backtest(List<Series> series, int horizon, int origins, int step, int season) {
        this.series = List.copyOf(series);
        this.horizon = horizon;
        this.origins = origins;
        this.step = step;
        this.season = season;
    }

    /**
     * Of each series the last {@code origins} forecasts that have all their steps, a horizon apart.
     *
     * @throws IllegalArgumentException if a series is too short for them, and for a season of history before
     */
    public static Backtest last(List<Series> series, int horizon, int origins, int season) {
        return rolling(series, horizon, origins, horizon, season);
    }

    /** As {@link #last}, with origins {@code step} apart. */
    public static Backtest rolling(List<Series> series, int horizon, int origins, int step, int season) {
        if (horizon < 1 || origins < 1 || step < 1 || season < 1) {
            throw new IllegalArgumentException("Backtest: expected a horizon, origins, a step and a season of at least"
                    + " 1. Received " + horizon + ", " + origins + ", " + step + " and " + season);
        }
        var test = new Backtest(series, horizon, origins, step, season);
        for (var one : series) {
            one.complete();
            if (test.start(one) <= season) {
                throw Baselines.tooShort(one, one.size() - test.start(one) + season + 1);
            }
        }
        return test;
    }

    List<Series> series() { return series; }

    int horizon() { return horizon; }

    int season() { return season; }

    /** Where the forecasts of a series begin. */
    int[] origins(Series one) {
        return IntStream.range(0, origins).map(i -> start(one) + i * step).toArray();
    }

    /** The first origin: so many values are before it, in all that is forecast. */
    private int start(Series one) { return one.size() - horizon - (origins - 1) * step; }

    /** The series up to the first origin: what may be trained on. */
    public List<Series> training() { return series.stream().map(one -> one.until(start(one))).toList(); }

    /** Measures a method. */
    public Result of(ForecastMethod method) {
        double mase = 0, smape = 0, crps = 0;
        int count = 0;
        for (var one : series) {
            for (int origin : origins(one)) {
                var history = one.until(origin);
                var forecast = method.forecast(history, horizon);
                double[] actual = Arrays.copyOfRange(one.values(), origin, origin + horizon);
                double scale = ForecastErrors.naiveError(history.values(), season);
                mase += ForecastErrors.mase(actual, forecast.median(), scale);
                smape += ForecastErrors.smape(actual, forecast.median());
                crps += ForecastErrors.crps(actual, forecast.quantiles(), forecast.levels()) / scale;
                count++;
            }
        }
        return new Result(mase / count, smape / count, crps / count, count);
    }
}
