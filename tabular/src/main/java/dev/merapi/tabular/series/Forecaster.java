package dev.merapi.tabular.series;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;

/** A network that foretells scaled windows. B windows, L steps of context, H of horizon, C covariates, Q quantiles. */
public abstract class Forecaster extends Layer {
    /** Shapes: past (B, L) and covariates (B, L + H, C) to quantiles (B, H, Q). */
    public abstract Tensor forward(Tensor past, Tensor covariates);
}
