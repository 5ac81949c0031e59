package dev.merapi.tabular.series;

import dev.merapi.tensor.Tensor;

/**
 * Windows of series as models take them: B windows, L steps of context, H of horizon, C covariates.
 *
 * @param past (B, L) float32, scaled
 * @param covariates (B, L + H, C) float32, scaled
 * @param level (B): a value is its scaled one · spread + level
 * @param spread (B)
 * @param future (B, H) what came, not scaled; null where it is to be foretold
 * @param naiveError (B), see {@link ForecastErrors#naiveError}; null with future
 */
public record WindowBatch(Tensor past, Tensor covariates, Tensor level, Tensor spread, Tensor future,
        Tensor naiveError) {}
