package dev.merapi.tabular.series;

import dev.merapi.data.Loader;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a network to foretell quantiles, by {@link QuantileLoss} of the scaled values, and measures it by
 * {@code mase}, {@code smape} and {@code crps} in their unit. {@link #predict} gives quantiles (B, H, Q) in that unit.
 */
public final class ForecastTask implements Task<WindowBatch> {
    private final Forecaster model;
    private final WindowOptions options;
    private final List<Double> levels;
    private final int season;
    private final QuantileLoss loss;

    private ForecastTask(Forecaster model, WindowOptions options, List<Double> levels, int season) {
        this.model = model;
        this.options = options;
        this.levels = Forecast.checked(levels);
        this.season = season;
        loss = new QuantileLoss(levels);
    }

    /**
     * @param model that gives a quantile for each of the levels
     * @param levels ascending, 0.5 among them; 0.5 alone for the median
     * @param season by whose naive forecast errors are scaled, see {@link ForecastErrors#mase}
     */
    public static ForecastTask of(Forecaster model, WindowOptions options, List<Double> levels, int season) {
        return new ForecastTask(model, options, levels, season);
    }

    @Override public Forecaster model() { return model; }

    /** All windows of some series in a new order each epoch. */
    public Loader<WindowBatch> train(List<Series> series, int batchSize, long seed) {
        return test(series, batchSize).shuffle(seed);
    }

    /** All windows of some series in order. */
    public Loader<WindowBatch> test(List<Series> series, int batchSize) {
        return Loader.of(new Windows(series, options, season), batchSize);
    }

    /** The windows that a back-test forecasts. */
    public Loader<WindowBatch> test(Backtest test, int batchSize) {
        return Loader.of(Windows.of(test, options), batchSize);
    }

    @Override public List<Metric<?, ?>> metrics() { return List.copyOf(ForecastMetric.all(levels)); }

    /** (B, H, Q), scaled. */
    private Tensor scaled(WindowBatch batch) {
        var quantiles = model.forward(batch.past(), batch.covariates());
        if (quantiles.rank() == 3 && quantiles.size(1) == options.horizon() && quantiles.size(2) == levels.size()) {
            return quantiles;
        }
        throw new IllegalArgumentException("ForecastTask: expected the model to give (B, " + options.horizon() + ", "
                + levels.size() + ") for the horizon and levels. Received " + quantiles.describe());
    }

    @Override public Pass forward(WindowBatch batch) {
        var quantiles = scaled(batch);
        var future = batch.future().sub(batch.level().unsqueeze(1)).div(batch.spread().unsqueeze(1));
        return new Pass(loss.forward(quantiles, future), loss.weight(quantiles, future), sorted(quantiles, batch),
                new ForecastMetric.Truth(batch.future(), batch.naiveError()));
    }

    /** In the unit of the values, and so that a greater level has a greater quantile. */
    private static Tensor sorted(Tensor quantiles, WindowBatch batch) {
        long rows = quantiles.size(0);
        return quantiles.mul(batch.spread().view(rows, 1, 1)).add(batch.level().view(rows, 1, 1)).sort(2, false)
                .values();
    }

    @Override public Tensor predict(WindowBatch batch) { return sorted(scaled(batch), batch); }

    /** The model as it is whenever it is asked, for horizons up to its own. */
    public ForecastMethod method() {
        return (history, horizon) -> {
            if (horizon < 1 || horizon > options.horizon()) {
                throw new IllegalArgumentException("ForecastTask.method: expected a horizon of 1 to "
                        + options.horizon() + ", for which the model was trained. Received " + horizon);
            }
            try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad()) {
                var batch = to(model.device(), Windows.ofLast(List.of(history), options));
                return new Forecast(levels, ForecastMetric.rows(predict(batch).toDoubles(), 0, horizon, levels.size()));
            }
        };
    }
}
