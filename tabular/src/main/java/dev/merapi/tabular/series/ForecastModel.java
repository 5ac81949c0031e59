package dev.merapi.tabular.series;

import java.util.List;

/** Networks that foretell series. */
public enum ForecastModel {
    /** {@link DLinear}. */
    DLINEAR,
    /** {@link LstmForecaster}. */
    LSTM,
    /** {@link TcnForecaster}. */
    TCN,
    /** {@link NBeats}. */
    NBEATS,
    /** {@link PatchTst}. */
    PATCH_TST;

    /**
     * A new network.
     *
     * @param covariates how many
     * @param levels of the quantiles that it gives
     */
    Forecaster of(ForecastRecipe.Config config, int covariates, List<Double> levels) {
        int context = config.context(), horizon = config.horizon(), quantiles = levels.size();
        int width = config.width(), layers = config.layers();
        double dropout = config.dropout();
        return switch (this) {
            case DLINEAR -> new DLinear(context, horizon, covariates, quantiles);
            case LSTM -> new LstmForecaster(horizon, covariates, quantiles, width, layers);
            case TCN -> new TcnForecaster(horizon, covariates, quantiles, width, layers, dropout);
            case NBEATS -> new NBeats(context, horizon, covariates, quantiles,
                    new NBeats.Options(2 * layers, 4, width, false));
            case PATCH_TST -> new PatchTst(context, horizon, covariates, quantiles, new PatchTst.Options(
                    Math.min(8, context), Math.min(4, context), width, layers, 4, dropout));
        };
    }
}
