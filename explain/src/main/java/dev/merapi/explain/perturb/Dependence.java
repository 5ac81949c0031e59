package dev.merapi.explain.perturb;

import dev.merapi.explain.Checks;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/**
 * How an output depends on one column of a table, over rows.
 *
 * @param grid values of the column
 * @param mean the output at each: the partial dependence (Friedman 2001), or accumulated local effects
 * @param rows the output of each row at each (ICE, Goldstein et al. 2013, arXiv:1309.6392); none of ALE
 */
public record Dependence(double[] grid, double[] mean, double[][] rows) {
    /**
     * Partial dependence, and the curve of each row: the output when the column has one value in all rows. Where
     * columns depend on each other that asks for rows that there are not; {@link #local} does not.
     *
     * @param x rows (N, columns)
     * @param points of the grid, quantiles of the column; a constant one has one
     */
    public static Dependence partial(Unary model, Tensor x, int column, int points, int output) {
        double[] grid = quantiles(values(x, column), points);
        int n = Math.toIntExact(x.size(0));
        var rows = new double[n][grid.length];
        var mean = new double[grid.length];
        for (int g = 0; g < grid.length; g++) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                var set = x.copy();
                set.select(1, column).fill_(grid[g]);
                double[] y = outputs(model, set, output);
                for (int i = 0; i < n; i++) {
                    rows[i][g] = y[i];
                    mean[g] += y[i] / n;
                }
            }
        }
        return new Dependence(grid, mean, rows);
    }

    /**
     * Accumulated local effects (Apley and Zhu 2016, arXiv:1612.08468): what the output gains from one edge of a bin to
     * the next, in the mean over the rows that are in it, added up, and 0 in the mean over all.
     */
    public static Dependence local(Unary model, Tensor x, int column, int bins, int output) {
        double[] values = values(x, column);
        double[] edges = quantiles(values, bins + 1);
        var gains = new double[edges.length];
        var counts = new int[edges.length];
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var low = x.copy();
            var high = x.copy();
            var bin = new int[values.length];
            var lows = new double[values.length];
            var highs = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                int at = Arrays.binarySearch(edges, values[i]);
                bin[i] = edges.length == 1 ? 0 : Math.clamp(at >= 0 ? at : -at - 1, 1, edges.length - 1);
                lows[i] = edges[Math.max(0, bin[i] - 1)];
                highs[i] = edges[bin[i]];
            }
            low.select(1, column).copy_(Tensor.of(lows));
            high.select(1, column).copy_(Tensor.of(highs));
            double[] before = outputs(model, low, output), after = outputs(model, high, output);
            for (int i = 0; i < values.length; i++) {
                gains[bin[i]] += after[i] - before[i];
                counts[bin[i]]++;
            }
        }
        var effect = new double[edges.length];
        for (int b = 1; b < edges.length; b++) effect[b] = effect[b - 1] + (counts[b] == 0 ? 0 : gains[b] / counts[b]);
        double mean = 0;
        for (int b = 1; b < edges.length; b++) mean += (effect[b - 1] + effect[b]) / 2 * counts[b] / values.length;
        for (int b = 0; b < edges.length; b++) effect[b] -= mean;
        return new Dependence(edges, effect, new double[0][]);
    }

    private static double[] outputs(Unary model, Tensor x, int output) {
        return Checks.output(model.forward(x), output).to(DType.FLOAT64).toDoubles();
    }

    private static double[] values(Tensor x, int column) {
        Expect.that(x.rank() == 2 && x.size(0) > 0, "Dependence", "rows (N, columns)", Shapes.toString(x.shape()));
        Expect.that(column >= 0 && column < x.size(1), "Dependence.column", "0 to " + (x.size(1) - 1), column);
        try (var _ = Scope.open()) {
            return x.select(1, column).contiguous().toDoubles();
        }
    }

    /** Different ones, ascending. */
    private static double[] quantiles(double[] values, int points) {
        Expect.atLeast("Dependence.points", 2, points);
        double[] sorted = Arrays.stream(values).sorted().toArray();
        var quantiles = new double[points];
        for (int p = 0; p < points; p++) {
            double at = (double) p / (points - 1) * (sorted.length - 1);
            int below = (int) Math.floor(at);
            double above = sorted[Math.min(sorted.length - 1, below + 1)];
            quantiles[p] = sorted[below] + (at - below) * (above - sorted[below]);
        }
        return Arrays.stream(quantiles).distinct().toArray();
    }
}
