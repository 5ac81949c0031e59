package dev.merapi.tabular.series;

import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.RnnOptions;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** Reads the context by an LSTM, and foretells all steps from its last state and the covariates of the future. */
public final class LstmForecaster extends Forecaster {
    final Lstm lstm;
    final Linear last;
    private final int horizon;

    public LstmForecaster(int horizon, int covariates, int quantiles, int hidden, int layers) {
        this.horizon = horizon;
        lstm = new Lstm(1 + covariates, hidden, RnnOptions.DEFAULT.layers(layers));
        last = new Linear(hidden + horizon * covariates, horizon * quantiles);
    }

    @Override public Tensor forward(Tensor past, Tensor covariates) {
        var y = lstm.forward(steps(past, covariates)).y();                     // (B, L, hidden)
        return last.forward(withFuture(y.select(1, -1), covariates, horizon)).unflatten(1, horizon, -1);
    }

    /** Values and covariates of the context: (B, L, 1 + C). */
    static Tensor steps(Tensor past, Tensor covariates) {
        return Tensor.cat(List.of(past.unsqueeze(2), covariates.narrow(1, 0, past.size(1))), 2);
    }

    /** A state (B, D) and all covariates of the future: (B, D + H · C). */
    static Tensor withFuture(Tensor state, Tensor covariates, int horizon) {
        return Tensor.cat(List.of(state, covariates.narrow(1, covariates.size(1) - horizon, horizon).flatten(1, 2)), 1);
    }
}
