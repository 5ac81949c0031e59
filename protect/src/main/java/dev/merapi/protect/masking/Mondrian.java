package dev.merapi.protect.masking;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Kind;
import dev.merapi.tensor.Expect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Generalises quasi-identifiers until a table is k-anonymous, l-diverse and t-close: rows are halved at the median of
 * the column that spreads most, as long as both halves may stand; then each part's values become one range or set
 * (LeFevre, DeWitt and Ramakrishnan, Mondrian, ICDE 2006).
 *
 * <pre>{@code
 * var open = new Mondrian(List.of("age", "zip"), "disease", 5, 2, 0.4).generalise(patients);
 * }</pre>
 *
 * @param quasi the columns that are generalised: numbers to {@code [30-39]}, others to {@code {a|b}}
 * @param sensitive the column whose values are protected; empty for none
 * @param k rows of a class, at least
 * @param l different sensitive values of a class, at least; 1 asks for nothing
 * @param t the greatest distance of a class's sensitive values from the table's; 1 asks for nothing
 */
public record Mondrian(List<String> quasi, String sensitive, int k, int l, double t) {
    private static final int MOST_NAMED = 20; // values of a set; a larger one is *

    public Mondrian {
        quasi = List.copyOf(quasi);
        Expect.that(!quasi.isEmpty(), "Mondrian.quasi", "at least one column", quasi);
        Expect.atLeast("Mondrian.k", 1, k);
        Expect.atLeast("Mondrian.l", 1, l);
        Expect.that(t > 0 && t <= 1, "Mondrian.t", "a distance above 0, to 1", t);
        Expect.that(!sensitive.isEmpty() || l == 1 && t == 1, "Mondrian.sensitive",
                "the column that l and t are about", "none");
        Expect.that(!quasi.contains(sensitive), "Mondrian.sensitive", "a column that is no quasi-identifier",
                sensitive);
    }

    /**
     * The table with its quasi-identifiers generalised.
     *
     * @throws IllegalArgumentException if a column is not there, or the whole table in one class is not enough
     */
    public Frame generalise(Frame table) {
        var columns = quasi.stream().map(name -> Quasi.of(table.column(name))).toList();
        var values = sensitive.isEmpty() ? null : Anonymity.Sensitive.of(table.column(sensitive));
        int[] all = IntStream.range(0, table.size()).toArray();
        Expect.that(mayStand(values, all), "Mondrian", "a table of at least k " + k + " rows and l " + l
                + " different sensitive values", Anonymity.of(table, quasi, sensitive) + ", " + table.size() + " rows");
        var texts = new String[quasi.size()][table.size()];
        var open = new ArrayDeque<>(List.of(all));
        while (!open.isEmpty()) {
            int[] rows = open.pop();
            var halves = halves(columns, values, rows);
            if (!halves.isEmpty()) {
                halves.forEach(open::push);
                continue;
            }
            for (int q = 0; q < texts.length; q++) {
                String range = columns.get(q).range(rows);
                for (int row : rows) texts[q][row] = range;
            }
        }
        var result = table;
        for (int q = 0; q < texts.length; q++) result = result.with(new Column.Texts(quasi.get(q), texts[q]));
        return result;
    }

    private boolean mayStand(Anonymity.Sensitive values, int... rows) {
        return rows.length >= k && (values == null || values.distinct(rows) >= l && values.distance(rows) <= t + 1e-12);
    }

    /** Two parts that may stand, by the column that spreads most of those that allow it; none if there is none. */
    private List<int[]> halves(List<Quasi> columns, Anonymity.Sensitive values, int... rows) {
        if (rows.length < 2 * k) return List.of();
        var widest = columns.stream()
                .sorted(Comparator.comparingDouble((Quasi c) -> c.spread(rows)).reversed()).toList();
        for (var column : widest) {
            var halves = column.halves(rows);
            if (halves.stream().allMatch(half -> mayStand(values, half))) return halves;
        }
        return List.of();
    }

    /**
     * A column to be generalised.
     *
     * @param places of each row its value's place among all values, in order
     * @param numbers the values where they are numbers; null of others
     */
    private record Quasi(Column column, int[] places, int values, double[] numbers) {
        static Quasi of(Column column) {
            boolean number = column.kind() == Kind.NUMBER || column.kind() == Kind.INTEGER;
            var order = Anonymity.Sensitive.of(column);
            return new Quasi(column, order.ids(), order.shares().length, number ? column.numbers() : null);
        }

        double spread(int... rows) {
            if (numbers == null) {
                return (Arrays.stream(rows).map(row -> places[row]).distinct().count() - 1.0) / Math.max(1, values - 1);
            }
            return width(rows) / Math.max(width(IntStream.range(0, numbers.length).toArray()), Double.MIN_NORMAL);
        }

        private double width(int... rows) {
            var all = Arrays.stream(rows).mapToDouble(row -> numbers[row]).filter(Double::isFinite).summaryStatistics();
            return all.getCount() == 0 ? 0 : all.getMax() - all.getMin();
        }

        /** The rows up to the median, and those above; of equal values all are on one side. */
        List<int[]> halves(int... rows) {
            int[] sorted = Arrays.stream(rows).map(row -> places[row]).sorted().toArray();
            int median = sorted[(sorted.length - 1) / 2];
            int cut = median == sorted[sorted.length - 1] ? median - 1 : median;
            return List.of(Arrays.stream(rows).filter(row -> places[row] <= cut).toArray(),
                    Arrays.stream(rows).filter(row -> places[row] > cut).toArray());
        }

        String range(int... rows) {
            var texts = new ArrayList<String>(new TreeSet<>(Arrays.stream(rows).mapToObj(row -> "" + column.text(row))
                    .toList()));
            if (texts.size() == 1) return texts.getFirst();
            if (numbers == null) return texts.size() > MOST_NAMED ? "*" : "{" + String.join("|", texts) + "}";
            int least = rows[0], most = rows[0];
            for (int row : rows) {
                if (places[row] < places[least]) least = row;
                if (places[row] > places[most]) most = row;
            }
            return "[" + column.text(least) + "-" + column.text(most) + "]";
        }
    }
}
