package dev.merapi.tabular.series;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A linear model of what is left after differences: the value by earlier values and earlier errors, one season before
 * too. Like ARIMA(p, d, q)(P, D, Q), but fitted by two rounds of least squares (Hannan and Rissanen 1982), and seasonal
 * terms are added, not multiplied. p, d, q, P and Q are those of the least AIC, D is 1 if there is a season.
 */
public final class Arima implements ForecastMethod {
    private static final int MOST = 2; // p and q
    private static final double RIDGE = 1e-8;

    private final int season;

    /** @param season steps, such as 12 for months; 1 for none */
    public Arima(int season) {
        if (season < 1) throw new IllegalArgumentException("Arima: expected a season of at least 1. Received "
                + season);
        this.season = season;
    }

    /** Coefficients of a constant, of values and of errors some steps before; and the errors of the fit. */
    private record Fit(double constant, List<Integer> values, List<Integer> errors, double[] weights,
            double[] residuals, double aic, double deviation, boolean differenced) {}

    @Override public Forecast forecast(Series history, int horizon) {
        double[] y = history.complete().values();
        int least = 2 * season + 10 * (MOST + 1);
        if (y.length < least) throw Baselines.tooShort(history, least);
        boolean seasonal = season > 1;
        double[] z = seasonal ? difference(y, season) : y;
        Fit plain = best(z, seasonal, false), once = best(difference(z, 1), seasonal, true);
        var fit = once.aic <= plain.aic ? once : plain; // of the same places
        double[] w = fit.differenced ? difference(z, 1) : z;
        double[] means = undo(y, z, continued(fit, w, horizon), seasonal, fit.differenced);
        return Forecast.normal(means, deviations(fit, horizon, seasonal));
    }

    private static double[] difference(double[] y, int lag) {
        var d = new double[y.length - lag];
        for (int t = 0; t < d.length; t++) d[t] = y[t + lag] - y[t];
        return d;
    }

    private Fit best(double[] w, boolean seasonal, boolean differenced) {
        var none = new double[w.length];
        int skipped = differenced ? 0 : 1; // as many values as differences
        int order = Math.min((w.length - skipped) / 4, Math.max(season + MOST, 10));
        double[] errors = fit(w, none, steps(order, false), List.of(), order, differenced).residuals; // autoregression
        int from = order + season + MOST + skipped;
        Fit best = null;
        for (int p = 0; p <= MOST; p++) {
            for (int q = 0; q <= MOST; q++) {
                for (int s = 0; s < (seasonal ? 4 : 1); s++) {
                    var fit = fit(w, errors, steps(p, (s & 1) > 0), steps(q, (s & 2) > 0), from, differenced);
                    if (best == null || fit.aic < best.aic) best = fit;
                }
            }
        }
        return best;
    }

    private List<Integer> steps(int count, boolean seasonal) {
        var steps = new ArrayList<Integer>();
        for (int i = 1; i <= count; i++) steps.add(i);
        if (seasonal && count < season) steps.add(season);
        return steps;
    }

    /** Least squares over the places from {@code from} on, the same for all that are compared. */
    private static Fit fit(double[] w, double[] errors, List<Integer> values, List<Integer> before, int from,
            boolean differenced) {
        int rows = w.length - from, columns = 1 + values.size() + before.size();
        var x = new double[rows * columns];
        var y = new double[rows];
        for (int row = 0; row < rows; row++) {
            int t = from + row, at = row * columns;
            x[at++] = 1;
            for (int lag : values) x[at++] = w[t - lag];
            for (int lag : before) x[at++] = errors[t - lag];
            y[row] = w[t];
        }
        double[] solved;
        try (var _ = Scope.open()) {
            var design = Tensor.of(x, rows, columns);
            var scale = design.square().mean().item() * rows;
            var normal = design.mT().matmul(design).add(Tensor.of(ridge(columns, scale), columns, columns));
            solved = normal.solve(design.mT().matmul(Tensor.of(y, rows, 1))).toDoubles();
        }
        var residuals = new double[w.length];
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            double error = y[row];
            for (int c = 0; c < columns; c++) error -= solved[c] * x[row * columns + c];
            residuals[from + row] = error;
            sum += error * error;
        }
        double aic = rows * Math.log(Math.max(sum / rows, 1e-300)) + 2 * columns;
        return new Fit(solved[0], values, before, Arrays.copyOfRange(solved, 1, columns), residuals, aic,
                Math.sqrt(sum / Math.max(1, rows - columns)), differenced);
    }

    private static double[] ridge(int size, double scale) {
        var ridge = new double[size * size];
        for (int i = 0; i < size; i++) ridge[i * size + i] = RIDGE * scale;
        return ridge;
    }

    /** The next of w, with errors of 0. */
    private static double[] continued(Fit fit, double[] w, int horizon) {
        var all = Arrays.copyOf(w, w.length + horizon);
        var errors = Arrays.copyOf(fit.residuals, w.length + horizon);
        for (int t = w.length; t < all.length; t++) all[t] = fit.constant + next(fit, all, errors, t);
        return Arrays.copyOfRange(all, w.length, all.length);
    }

    private static double next(Fit fit, double[] w, double[] errors, int t) {
        double sum = 0;
        int c = 0;
        for (int lag : fit.values) sum += fit.weights[c++] * (t < lag ? 0 : w[t - lag]);
        for (int lag : fit.errors) sum += fit.weights[c++] * (t < lag ? 0 : errors[t - lag]);
        return sum;
    }

    /** Adds up what was differenced. */
    private double[] undo(double[] y, double[] z, double[] w, boolean seasonal, boolean differenced) {
        var steps = w.clone();
        if (differenced) {
            double last = z[z.length - 1];
            for (int t = 0; t < steps.length; t++) last = steps[t] += last;
        }
        if (!seasonal) return steps;
        for (int t = 0; t < steps.length; t++) {
            steps[t] += t < season ? y[y.length - season + t] : steps[t - season];
        }
        return steps;
    }

    /** By how one error goes on: ψ, whose squares add up. */
    private double[] deviations(Fit fit, int horizon, boolean seasonal) {
        var errors = new double[horizon];
        var psi = new double[horizon];
        errors[0] = 1;
        for (int t = 0; t < horizon; t++) psi[t] = errors[t] + next(fit, psi, errors, t);
        psi = undo(new double[season], new double[1], psi, seasonal, fit.differenced);
        double sum = 0;
        for (int t = 0; t < horizon; t++) {
            sum += psi[t] * psi[t];
            psi[t] = fit.deviation * Math.sqrt(sum);
        }
        return psi;
    }
}
