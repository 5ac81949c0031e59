package dev.merapi.tabular.series;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A series of a table, and where it stands there.
 *
 * @param rows by time; those behind the values tell the covariates of the future
 */
record SeriesRows(Series series, int[] rows) {
    /** See {@link Series#of(Frame, Series.Columns)}. */
    static List<SeriesRows> of(Frame table, Series.Columns columns) {
        var groups = new LinkedHashMap<String, List<Integer>>();
        var names = columns.series().isEmpty() ? null : table.column(columns.series());
        for (int row = 0; row < table.size(); row++) {
            String name = names == null ? columns.target() : names.isMissing(row) ? "" : names.text(row);
            groups.computeIfAbsent(name, _ -> new ArrayList<>()).add(row);
        }
        if (groups.isEmpty()) throw new IllegalArgumentException("Series: expected a table with rows. Received none.");
        var time = table.column(columns.time());
        double[] times = numbers(time, "Series: expected a time in each row");
        double[] target = table.column(columns.target()).numbers();
        var known = columns.covariates().stream()
                .map(name -> numbers(table.column(name), "Series: expected a covariate in each row")).toList();
        var all = new ArrayList<SeriesRows>();
        groups.forEach((name, group) -> all.add(of(name, group, time, times, target, known)));
        return all;
    }

    private static SeriesRows of(String name, List<Integer> group, Column time, double[] times, double[] target,
            List<double[]> known) {
        int[] order = group.stream().sorted(Comparator.comparingDouble(row -> times[row]))
                .mapToInt(Integer::intValue).toArray();
        for (int i = 1; i < order.length; i++) {
            if (times[order[i]] > times[order[i - 1]]) continue;
            throw new IllegalArgumentException("Series " + name + ": expected one row for each time. Received two of "
                    + time.text(order[i]) + "; is a column missing that names the series?");
        }
        int length = order.length;
        while (length > 0 && Double.isNaN(target[order[length - 1]])) length--;
        var values = Arrays.stream(order, 0, length).mapToDouble(row -> target[row]).toArray();
        var covariates = known.stream()
                .map(all -> Arrays.stream(order).mapToDouble(row -> all[row]).toArray()).toList();
        return new SeriesRows(new Series(name, values, covariates), order);
    }

    private static double[] numbers(Column column, String expected) {
        double[] numbers = column.numbers();
        for (int row = 0; row < numbers.length; row++) {
            if (Double.isNaN(numbers[row])) {
                throw new IllegalArgumentException(expected + ", in column " + column.name() + ". Received none in row "
                        + row);
            }
        }
        return numbers;
    }
}
