package dev.merapi.tabular.series;

/**
 * Foretells a series: a network ({@link ForecastTask#method}) or one of the {@link Baselines}. {@link Backtest}
 * compares them.
 */
@FunctionalInterface
public interface ForecastMethod {
    /**
     * The next steps.
     *
     * @param history none missing; its covariates may reach into the future
     * @throws IllegalArgumentException if it is too short
     */
    Forecast forecast(Series history, int horizon);
}
