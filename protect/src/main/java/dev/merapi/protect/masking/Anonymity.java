package dev.merapi.protect.masking;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Kind;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * How well a table hides its persons among those whose quasi-identifiers, such as age and postcode, are the same.
 *
 * <pre>{@code
 * IO.println(Anonymity.of(patients, List.of("age", "zip"), "disease"));       // k 3, l 2, t 0.278 in 3 classes
 * }</pre>
 *
 * @param classes groups of rows with the same quasi-identifiers
 * @param k rows of the smallest class: k-anonymity (Sweeney 2002)
 * @param l different values of the sensitive column in the class that has fewest: distinct l-diversity
 *     (Machanavajjhala et al. 2007); 0 where no column is sensitive
 * @param t the greatest distance between the sensitive values of a class and of the table: t-closeness (Li et al.
 *     2007), by the earth mover's distance, where numbers are apart by their ranks and other values all by 1; NaN where
 *     no column is sensitive
 */
public record Anonymity(int classes, int k, int l, double t) {
    /**
     * Of a table.
     *
     * @param sensitive a column; empty for none
     * @throws IllegalArgumentException if a column is not there, or there is no row
     */
    public static Anonymity of(Frame table, List<String> quasi, String sensitive) {
        Expect.that(table.size() > 0 && !quasi.isEmpty(), "Anonymity", "at least one row and one quasi-identifier",
                table.size() + " rows and " + quasi);
        var classes = new LinkedHashMap<List<String>, List<Integer>>();
        var columns = quasi.stream().map(table::column).toList();
        for (int row = 0; row < table.size(); row++) {
            int at = row;
            var key = columns.stream().map(column -> String.valueOf(column.text(at))).toList();
            classes.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
        }
        int k = classes.values().stream().mapToInt(List::size).min().orElseThrow();
        if (sensitive.isEmpty()) return new Anonymity(classes.size(), k, 0, Double.NaN);
        var values = Sensitive.of(table.column(sensitive));
        var groups = classes.values().stream().map(Anonymity::ints).toList();
        return new Anonymity(classes.size(), k, groups.stream().mapToInt(values::distinct).min().orElseThrow(),
                groups.stream().mapToDouble(values::distance).max().orElseThrow());
    }

    private static int[] ints(Collection<Integer> rows) { return rows.stream().mapToInt(i -> i).toArray(); }

    /** Such as {@code k 3, l 2, t 0.278 in 3 classes}. */
    @Override public String toString() {
        return "k " + k + (l == 0 ? "" : String.format(Locale.ROOT, ", l %d, t %.3f", l, t)) + " in " + classes
                + (classes == 1 ? " class" : " classes");
    }

    /**
     * The values of a sensitive column.
     *
     * @param ids of each row the place of its value among all, in order where they are numbers
     * @param shares of the table's rows that have each value
     */
    record Sensitive(int[] ids, double[] shares, boolean ordered) {
        static Sensitive of(Column column) {
            boolean ordered = column.kind() == Kind.NUMBER || column.kind() == Kind.INTEGER;
            var places = ordered ? places(column.numbers()) : places(column.texts());
            var shares = new double[Arrays.stream(places).max().orElse(0) + 1];
            for (int id : places) shares[id] += 1.0 / places.length;
            return new Sensitive(places, shares, ordered);
        }

        private static int[] places(double[] numbers) {
            double[] values = Arrays.stream(numbers).distinct().sorted().toArray();
            return Arrays.stream(numbers).mapToInt(number -> Arrays.binarySearch(values, number)).toArray();
        }

        private static int[] places(String[] texts) {
            var ids = new LinkedHashMap<String, Integer>();
            for (String text : new TreeSet<>(Arrays.asList(named(texts)))) ids.put(text, ids.size());
            return Arrays.stream(named(texts)).mapToInt(ids::get).toArray();
        }

        private static String[] named(String... texts) {
            return Arrays.stream(texts).map(String::valueOf).toArray(String[]::new);
        }

        int distinct(int... rows) { return (int) Arrays.stream(rows).map(row -> ids[row]).distinct().count(); }

        /** Earth mover's distance of some rows' values from all rows'. */
        double distance(int... rows) {
            var difference = new double[shares.length];
            for (int row : rows) difference[ids[row]] += 1.0 / rows.length;
            for (int i = 0; i < difference.length; i++) difference[i] -= shares[i];
            if (!ordered) return Arrays.stream(difference).map(Math::abs).sum() / 2;
            double moved = 0, sum = 0;
            for (double one : difference) sum += Math.abs(moved += one);
            return shares.length == 1 ? 0 : sum / (shares.length - 1);
        }
    }
}
