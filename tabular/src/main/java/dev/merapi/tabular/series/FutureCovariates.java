package dev.merapi.tabular.series;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Tensor;

/** Adds to each step of a forecast what its covariates say, the same way for all steps; without covariates nothing. */
final class FutureCovariates extends Layer {
    final Linear linear; // null without covariates

    FutureCovariates(int covariates, int quantiles) {
        linear = covariates == 0 ? null : new Linear(covariates, quantiles, false);
    }

    /** Shapes: forecast (B, H · Q or H, Q), covariates (B, L + H, C) to (B, H, Q). */
    Tensor add(Tensor forecast, Tensor covariates, long horizon) {
        var steps = forecast.rank() == 3 ? forecast : forecast.unflatten(1, horizon, -1);
        if (linear == null) return steps;
        return steps.add(linear.forward(covariates.narrow(1, covariates.size(1) - horizon, horizon)));
    }
}
