package dev.merapi.tabular.data;

import dev.merapi.data.Dataset;
import dev.merapi.data.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Divides rows into those to learn from and those to measure with, the same way for the same seed. All that is learnt,
 * {@link TablePreprocessing} too, is learnt from the first.
 *
 * <pre>{@code
 * var fold = TableSplit.stratified(frame, "survived", 0.2, 1337);
 * for (var each : TableSplit.stratifiedKFold(frame, "survived", 5, 1337)) cross(each.train(), each.test());
 * var later = TableSplit.temporal(ratings, "time", 0.1);                      // predicts the future from the past
 * var others = TableSplit.grouped(visits, "patient", 0.2, 1337);              // and people it has never seen
 * }</pre>
 */
public final class TableSplit {
    private TableSplit() {}

    /** Rows to learn from, and rows held out. */
    public record Fold(Frame train, Frame test) {}

    /** @param test the part that is held out, between 0 and 1 */
    public static Fold random(Frame rows, double test, long seed) {
        return fold(rows, Split.random(positions(rows), seed, 1 - test, test));
    }

    /** As {@link #random}, with each class divided on its own. */
    public static Fold stratified(Frame rows, String column, double test, long seed) {
        return fold(rows, Split.stratified(positions(rows), codes(rows.column(column)), seed, 1 - test, test));
    }

    /** Folds in which every row is held out once. */
    public static List<Fold> kFold(Frame rows, int folds, long seed) {
        return folds(rows, Split.kFold(positions(rows), folds, seed));
    }

    /**
     * As {@link #kFold}, with each class spread evenly.
     *
     * @throws IllegalArgumentException if a class has fewer rows than there are folds
     */
    public static List<Fold> stratifiedKFold(Frame rows, String column, int folds, long seed) {
        return folds(rows, Split.stratifiedKFold(positions(rows), codes(rows.column(column)), folds, seed));
    }

    /**
     * The last part of the time is held out: a row of it is never earlier than one to learn from. Rows of one moment
     * stay together, as those to learn from.
     *
     * @param column of dates or numbers, none missing
     */
    public static Fold temporal(Frame rows, String column, double test) {
        if (!(test > 0 && test < 1)) {
            throw new IllegalArgumentException("TableSplit.temporal: expected a part between 0 and 1. Received "
                    + test);
        }
        int[] order = byTime(rows, column);
        var times = rows.column(column);
        int cut = (int) Math.round((1 - test) * order.length);
        while (cut > 0 && cut < order.length && times.number(order[cut]) == times.number(order[cut - 1])) cut++;
        if (cut == 0 || cut == order.length) {
            throw new IllegalArgumentException("TableSplit.temporal: expected rows before and after some moment."
                    + " Received " + rows.size() + " rows, of which a part of " + test + " at the end of " + column
                    + " is none or all.");
        }
        return new Fold(rows.take(Arrays.copyOf(order, cut)),
                rows.take(Arrays.copyOfRange(order, cut, order.length)));
    }

    /** Whole groups are held out: no value of the column is on both sides. A missing one is a group. */
    public static Fold grouped(Frame rows, String column, double test, long seed) {
        var groups = groups(rows.column(column));
        var names = Dataset.of(List.copyOf(groups.keySet()));
        var parts = Split.random(names, seed, 1 - test, test);
        return new Fold(rows.take(members(groups, parts.get(0))), rows.take(members(groups, parts.get(1))));
    }

    /** Folds of whole groups, in which every group is held out once. */
    public static List<Fold> groupedKFold(Frame rows, String column, int folds, long seed) {
        var groups = groups(rows.column(column));
        return Split.kFold(Dataset.of(List.copyOf(groups.keySet())), folds, seed).stream()
                .map(f -> new Fold(rows.take(members(groups, f.train())), rows.take(members(groups, f.test()))))
                .toList();
    }

    /**
     * The last row of each group is held out, such as each user's last rating; a group of one row is learnt from.
     *
     * @param column whose values are the groups
     * @param time column of dates or numbers, none missing; of rows of one moment the last in the frame is the last
     */
    public static Fold leaveOneOut(Frame rows, String column, String time) {
        var last = new HashMap<String, Integer>();
        var counts = new HashMap<String, Integer>();
        var groups = rows.column(column);
        int[] order = byTime(rows, time);
        for (int row : order) {
            last.put(groups.text(row), row);
            counts.merge(groups.text(row), 1, Integer::sum);
        }
        var held = new boolean[rows.size()];
        last.forEach((group, row) -> held[row] = counts.get(group) > 1);
        return new Fold(rows.take(IntStream.range(0, held.length).filter(i -> !held[i]).toArray()),
                rows.take(IntStream.range(0, held.length).filter(i -> held[i]).toArray()));
    }

    /** Two tables none of whose rows is read yet. */
    public record Tables(Table train, Table test) {}

    /**
     * Every n-th row of a table that is larger than memory is held out, the rows being numbered as they are read.
     *
     * @throws IllegalArgumentException (when rows are asked for) of a table of another database than DuckDB
     */
    public static Tables everyNth(Table rows, int n) {
        if (n < 2) throw new IllegalArgumentException("TableSplit.everyNth: expected at least 2. Received " + n);
        return new Tables(rows.numbered("% " + n + " > 0"), rows.numbered("% " + n + " = 0"));
    }

    private static int[] byTime(Frame rows, String column) {
        var times = rows.column(column);
        for (int i = 0; i < rows.size(); i++) {
            if (!times.isMissing(i)) continue;
            throw new IllegalArgumentException("TableSplit: expected a time in column " + column + " of each row."
                    + " Received none in row " + i);
        }
        double[] moments = times.numbers();
        return IntStream.range(0, rows.size()).boxed().sorted(Comparator.comparingDouble(i -> moments[i])) // stable
                .mapToInt(Integer::intValue).toArray();
    }

    private static Dataset<Integer> positions(Frame rows) {
        return Dataset.of(IntStream.range(0, rows.size()).boxed().toList());
    }

    private static int[] codes(Column column) {
        var codes = new HashMap<String, Integer>();
        return Arrays.stream(column.texts()).mapToInt(text -> {
            codes.putIfAbsent(text, codes.size());
            return codes.get(text);
        }).toArray();
    }

    private static Map<String, List<Integer>> groups(Column column) {
        var groups = new LinkedHashMap<String, List<Integer>>();
        for (int i = 0; i < column.size(); i++) {
            groups.computeIfAbsent(column.isMissing(i) ? "" : "=" + column.text(i), _ -> new ArrayList<>()).add(i);
        }
        return groups;
    }

    private static int[] members(Map<String, List<Integer>> groups, Dataset<String> names) {
        return names.stream().flatMap(name -> groups.get(name).stream()).mapToInt(Integer::intValue).sorted().toArray();
    }

    private static Fold fold(Frame rows, List<Dataset<Integer>> parts) {
        return new Fold(rows.take(ints(parts.get(0))), rows.take(ints(parts.get(1))));
    }

    private static List<Fold> folds(Frame rows, List<Split.Fold<Integer>> folds) {
        return folds.stream().map(f -> new Fold(rows.take(ints(f.train())), rows.take(ints(f.test())))).toList();
    }

    private static int[] ints(Dataset<Integer> positions) {
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }
}
