package dev.merapi.tabular.series;

import dev.merapi.nn.AvgPool1d;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The trend, a moving average, and what is left of it, each through one linear layer: the forecast is their sum. Zeng
 * et al. 2023 (arXiv:2205.13504). Covariates of the future are added by a linear layer.
 */
public final class DLinear extends Forecaster {
    private static final int AVERAGED = 25; // steps of the moving average, as the paper

    final Linear trend;
    final Linear rest;
    final FutureCovariates future;
    private final AvgPool1d average;
    private final int width;
    private final int horizon;

    public DLinear(int context, int horizon, int covariates, int quantiles) {
        this.horizon = horizon;
        width = Math.min(AVERAGED, context % 2 == 0 ? context - 1 : context);
        average = new AvgPool1d(width, 1, 0);
        trend = new Linear(context, horizon * quantiles);
        rest = new Linear(context, horizon * quantiles);
        future = new FutureCovariates(covariates, quantiles);
    }

    @Override public Tensor forward(Tensor past, Tensor covariates) {
        long half = width / 2;
        var first = past.narrow(1, 0, 1).expand(past.size(0), half);
        var last = past.narrow(1, past.size(1) - 1, 1).expand(past.size(0), half);
        var smooth = average.forward(Tensor.cat(List.of(first, past, last), 1).unsqueeze(1)).squeeze(1); // (B, L)
        return future.add(trend.forward(smooth).add(rest.forward(past.sub(smooth))), covariates, horizon);
    }
}
