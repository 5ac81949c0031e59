package dev.merapi.tabular.series;

import dev.merapi.metric.MeanMetric;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A mean of {@link ForecastErrors} over windows: predictions are quantiles (B, H, Q), in the unit of the values,
 * targets a {@link Truth}.
 */
public final class ForecastMetric extends MeanMetric<Tensor, ForecastMetric.Truth> {
    /**
     * What came.
     *
     * @param values (B, H)
     * @param naiveError (B), see {@link ForecastErrors#naiveError}
     */
    public record Truth(Tensor values, Tensor naiveError) {}

    /** The value of one window. */
    @FunctionalInterface
    private interface Measure {
        double of(double[] actual, double[][] quantiles, double naiveError);
    }

    private final String name;
    private final Measure measure;

    private ForecastMetric(String name, Measure measure) {
        this.name = name;
        this.measure = measure;
    }

    /** All three, {@code mase}, {@code smape} and {@code crps}, the last divided by the naive error too. */
    public static List<ForecastMetric> all(List<Double> levels) {
        int median = Forecast.checked(levels).indexOf(0.5);
        return List.of(
                new ForecastMetric("mase", (y, q, scale) -> ForecastErrors.mase(y, column(q, median), scale)),
                new ForecastMetric("smape", (y, q, _) -> ForecastErrors.smape(y, column(q, median))),
                new ForecastMetric("crps", (y, q, scale) -> ForecastErrors.crps(y, q, levels) / scale));
    }

    private static double[] column(double[][] rows, int column) {
        return Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
    }

    @Override public String name() { return name; }

    @Override public boolean greaterIsBetter() { return false; }

    @Override public void update(Tensor prediction, Truth target) {
        double[] predicted = prediction.toDoubles(), actual = target.values.toDoubles();
        double[] errors = target.naiveError.toDoubles();
        int horizon = (int) prediction.size(1), levels = (int) prediction.size(2);
        for (int row = 0; row < errors.length; row++) {
            var quantiles = rows(predicted, row * horizon * levels, horizon, levels);
            double[] values = Arrays.copyOfRange(actual, row * horizon, (row + 1) * horizon);
            add(measure.of(values, quantiles, errors[row]), 1);
        }
    }

    /** A matrix out of a longer array. */
    static double[][] rows(double[] all, int from, int rows, int columns) {
        var matrix = new double[rows][];
        for (int row = 0; row < rows; row++) {
            matrix[row] = Arrays.copyOfRange(all, from + row * columns, from + (row + 1) * columns);
        }
        return matrix;
    }
}
