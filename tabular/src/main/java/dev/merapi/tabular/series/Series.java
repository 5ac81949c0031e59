package dev.merapi.tabular.series;

import dev.merapi.tabular.data.Frame;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Values one step of time apart, with what is known beside them.
 *
 * <pre>{@code
 * var one = Series.of("passengers", 112, 118, 132, 129);
 * var many = Series.of(frame, Series.Columns.of("month", "sold").by("shop").with("price", "holiday"));
 * }</pre>
 *
 * @param name which series it is
 * @param values one after the other; NaN where one is missing, see {@link #filled}
 * @param covariates a row of numbers for each covariate, as long as the values or longer: what is known of the future
 *     stands behind
 */
public record Series(String name, double[] values, List<double[]> covariates) {
    /**
     * Where a table says what.
     *
     * @param time the column of dates or numbers by which rows are ordered
     * @param target the column of values; where the last rows have none, they tell the covariates of the future
     * @param series the column that names the series of a row; empty for one series
     * @param covariates columns of numbers
     */
    public record Columns(String time, String target, String series, List<String> covariates) {
        public Columns {
            covariates = List.copyOf(covariates);
        }

        /** One series, without covariates. */
        public static Columns of(String time, String target) { return new Columns(time, target, "", List.of()); }

        public Columns by(String column) { return new Columns(time, target, column, covariates); }

        public Columns with(String... columns) { return new Columns(time, target, series, List.of(columns)); }
    }

    public Series {
        covariates = List.copyOf(covariates);
        for (double[] covariate : covariates) {
            if (covariate.length < values.length) {
                throw new IllegalArgumentException("Series " + name + ": expected covariates of at least "
                        + values.length + " steps, as there are values. Received " + covariate.length);
            }
        }
    }

    /** Without covariates. */
    public static Series of(String name, double... values) { return new Series(name, values, List.of()); }

    /**
     * The series in a table, in the order of their first rows.
     *
     * @throws IllegalArgumentException if a column is not there or of another kind, a time or covariate is missing, or
     *     a series has two rows of one time
     */
    public static List<Series> of(Frame rows, Columns columns) {
        return SeriesRows.of(rows, columns).stream().map(SeriesRows::series).toList();
    }

    /** Number of values. */
    public int size() { return values.length; }

    /** The first {@code size} values, with all covariates: what was known then. */
    public Series until(int size) { return new Series(name, Arrays.copyOf(values, size), covariates); }

    /** With the missing values on a line between their neighbours, and as the nearest at the ends. */
    public Series filled() {
        int[] there = IntStream.range(0, values.length).filter(i -> !Double.isNaN(values[i])).toArray();
        if (there.length == 0) {
            throw new IllegalArgumentException("Series " + name + ": expected values. Received none, all are missing.");
        }
        var filled = values.clone();
        int next = 0; // in there, of the first at or behind i
        for (int i = 0; i < filled.length; i++) {
            while (next < there.length && there[next] < i) next++;
            if (next == there.length) {
                filled[i] = values[there[next - 1]];
            } else if (next == 0) {
                filled[i] = values[there[0]];
            } else {
                int a = there[next - 1], b = there[next];
                filled[i] = values[a] + (values[b] - values[a]) * (i - a) / (b - a);
            }
        }
        return new Series(name, filled, covariates);
    }

    /** @throws IllegalArgumentException if a value is missing */
    Series complete() {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i])) continue;
            throw new IllegalArgumentException("Series " + name + ": expected a value at each step. Received none at "
                    + i + "; fill it by Series.filled().");
        }
        return this;
    }

    @Override public String toString() { return "Series " + name + " of " + values.length + " values"; }
}
