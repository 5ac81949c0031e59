package dev.merapi.compress;

import dev.merapi.io.ModelCard;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model before and after it was made smaller, side by side: size, parameters, multiply-adds, time and quality.
 *
 * <pre>{@code
 * var table = BeforeAfter.measure(before, after);
 * IO.println(table);
 * table.keep(folder, "Pruned");               // in README.md, the model's card
 * }</pre>
 *
 * @param columns one for each form of the model, the first being that before
 */
public record BeforeAfter(List<Column> columns) {
    /**
     * What was measured of one form of the model, as {@link Subject} has it.
     *
     * @param milliseconds median time of one batch, taken in turns with the other forms
     */
    public record Column(String name, long bytes, long parameters, long zeros, long multiplyAdds, double milliseconds,
            Map<String, Double> quality) { }

    private record Line(String what, Function<Column, String> cell, String change) { }

    public BeforeAfter {
        Expect.atLeast("BeforeAfter.columns", 2, columns.size());
        columns = List.copyOf(columns);
    }

    /** Takes the time of each in turns: what else the machine does meets all alike. */
    public static BeforeAfter measure(Subject before, Subject... after) {
        var all = new ArrayList<>(List.of(before));
        all.addAll(List.of(after));
        var milliseconds = Latency.medians(all.stream().map(Subject::answer).toList());
        var columns = new ArrayList<Column>();
        for (int i = 0; i < all.size(); i++) {
            var s = all.get(i);
            columns.add(new Column(s.name(), s.bytes(), s.parameters(), s.zeros(), s.multiplyAdds(),
                    milliseconds.get(i), s.quality()));
        }
        return new BeforeAfter(columns);
    }

    private Column before() { return columns.getFirst(); }

    private Column after() { return columns.getLast(); }

    /** How many times as fast the last form is as the first; below 1 it is slower. */
    public double timesFaster() { return before().milliseconds / after().milliseconds; }

    /** How many times as small the last form's files are. */
    public double timesSmaller() { return (double) before().bytes / after().bytes; }

    /** For programs: what was measured, by form. */
    public Map<String, Object> values() {
        var values = new LinkedHashMap<String, Object>();
        columns.forEach(column -> values.put(column.name, column));
        return values;
    }

    private List<Line> lines() {
        var lines = new ArrayList<Line>();
        lines.add(new Line("Size", c -> size(c.bytes), times(c -> c.bytes, "smaller", "larger")));
        lines.add(new Line("Parameters", c -> number(c.parameters), times(c -> c.parameters, "fewer", "more")));
        if (columns.stream().anyMatch(c -> 100 * c.zeros > c.parameters)) {
            lines.add(new Line("  not 0", c -> number(c.parameters - c.zeros),
                    times(c -> c.parameters - c.zeros, "fewer", "more")));
        }
        if (columns.stream().allMatch(c -> c.multiplyAdds > 0)) {
            lines.add(new Line("Multiply-adds", c -> number(c.multiplyAdds),
                    times(c -> c.multiplyAdds, "fewer", "more")));
        }
        lines.add(new Line("Median time of a batch", c -> format("%.2f ms", c.milliseconds),
                times(c -> c.milliseconds, "faster", "slower")));
        for (String metric : metrics()) {
            double change = after().quality.getOrDefault(metric, Double.NaN)
                    - before().quality.getOrDefault(metric, Double.NaN);
            lines.add(new Line(metric, c -> c.quality.containsKey(metric) ? format("%.4f", c.quality.get(metric)) : "",
                    Double.isNaN(change) ? "" : format("%+.4f", change)));
        }
        return lines;
    }

    private Set<String> metrics() {
        var metrics = new LinkedHashSet<String>();
        columns.forEach(column -> metrics.addAll(column.quality.keySet()));
        return metrics;
    }

    private String times(Function<Column, Number> value, String better, String worse) {
        double before = value.apply(before()).doubleValue(), after = value.apply(after()).doubleValue();
        if (before == after || after == 0 || before == 0) return before == after ? "the same" : "";
        return before > after ? format("%.2f times %s", before / after, better)
                : format("%.2f times %s", after / before, worse);
    }

    private static String number(long n) { return format("%,d", n); }

    private static String size(long bytes) {
        double kib = bytes / 1024.0;
        return kib < 1024 ? format("%.1f KiB", kib) : format("%.1f MiB", kib / 1024);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private List<List<String>> cells() {
        var cells = new ArrayList<List<String>>();
        var head = new ArrayList<>(List.of(""));
        columns.forEach(column -> head.add(column.name));
        head.add("");
        cells.add(head);
        for (var line : lines()) {
            var row = new ArrayList<>(List.of(line.what));
            columns.forEach(column -> row.add(line.cell.apply(column)));
            row.add(line.change);
            cells.add(row);
        }
        return cells;
    }

    /** For people: a line for each measure. */
    @Override public String toString() {
        var cells = cells();
        var text = new StringBuilder();
        for (var row : cells) {
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = cells.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
                boolean left = i == 0 || i == row.size() - 1;
                text.append(format(left ? "%-" + Math.max(1, width) + "s" : "%" + Math.max(1, width) + "s", row.get(i)))
                        .append(i == row.size() - 1 ? "\n" : "  ");
            }
        }
        return text.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }

    /** As a table of Markdown. */
    public String markdown() {
        var lines = new ArrayList<String>();
        for (var row : cells()) {
            lines.add("| " + row.stream().map(String::strip).collect(Collectors.joining(" | ")) + " |");
            if (lines.size() == 1) lines.add("|---" + "|---:".repeat(columns.size()) + "|---|");
        }
        return String.join("\n", lines);
    }

    /**
     * Keeps the table in a model's card, {@code README.md}, which is made if there is none, as a section of its own;
     * one of the same title is replaced.
     */
    public void keep(Path folder, String title) { ModelCard.keep(folder, title, markdown()); }
}
