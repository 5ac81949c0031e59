package dev.merapi.tabular.data;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.merapi.io.AtomicFiles;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows in memory, column by column: a whole {@link Table}, a part of it, or a batch of one that is larger than memory.
 *
 * <pre>{@code
 * var frame = Table.read(Path.of("titanic.csv")).frame();
 * var x = frame.tensor("age", "fare");                                        // (N, 2)
 * var women = frame.take(rows);
 * }</pre>
 */
public final class Frame {
    private final List<Column> columns;
    private final List<String> names;
    private final int size;

    private Frame(List<Column> columns) {
        this.columns = List.copyOf(columns);
        names = this.columns.stream().map(Column::name).toList();
        size = this.columns.isEmpty() ? 0 : this.columns.getFirst().size();
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("Frame: expected columns of different names. Received " + names);
        }
        for (var column : this.columns) {
            if (column.size() == size) continue;
            throw new IllegalArgumentException("Frame: expected columns of " + size + " rows, as " + names.getFirst()
                    + " has. Received " + column.size() + " of " + column.name());
        }
    }

    /**
     * A frame of these columns.
     *
     * @throws IllegalArgumentException if they have one name, or different numbers of rows
     */
    public static Frame of(List<? extends Column> columns) { return new Frame(List.copyOf(columns)); }

    /** As {@link #of(List)}. */
    public static Frame of(Column... columns) { return new Frame(List.of(columns)); }

    /** Number of rows. */
    public int size() { return size; }

    public List<Column> columns() { return columns; }

    /** The columns' names, in order. */
    public List<String> names() { return names; }

    /** The columns' names and kinds, in order. */
    public List<Field> fields() { return columns.stream().map(c -> new Field(c.name(), c.kind())).toList(); }

    /**
     * The column of a name.
     *
     * @throws IllegalArgumentException with the nearest name, if there is none
     */
    public Column column(String name) { return columns.get(Field.indexOf("Frame: ", name, names)); }

    /** Whether there is a column of this name. */
    public boolean has(String name) { return names.contains(name); }

    /** The rows at these positions, in this order. */
    public Frame take(int... rows) {
        for (int row : rows) {
            if (row >= 0 && row < size) continue;
            throw new IllegalArgumentException("Frame.take: expected rows from 0 to " + (size - 1) + ". Received "
                    + row);
        }
        return new Frame(columns.stream().map(column -> column.take(rows)).toList());
    }

    /** The first rows, at most {@code count}. */
    public Frame head(int count) { return take(IntStream.range(0, Math.min(count, size)).toArray()); }

    /** The rows in which no column of these is missing. */
    public Frame complete(String... some) {
        var needed = Arrays.stream(some).map(this::column).toList();
        return take(IntStream.range(0, size).filter(row -> needed.stream().noneMatch(c -> c.isMissing(row))).toArray());
    }

    /** These columns alone, in this order. */
    public Frame select(String... some) { return new Frame(Arrays.stream(some).map(this::column).toList()); }

    /** All columns but these. */
    public Frame without(String... some) {
        for (String name : some) column(name);
        var gone = List.of(some);
        return new Frame(columns.stream().filter(column -> !gone.contains(column.name())).toList());
    }

    /** With another column at the end, or in place of the one of its name. */
    public Frame with(Column column) {
        var all = new ArrayList<>(columns);
        int place = names.indexOf(column.name());
        if (place < 0) all.add(column);
        else all.set(place, column);
        return new Frame(all);
    }

    /**
     * Columns of numbers, truth values or dates, as float32 (N, columns); NaN where a value is missing.
     *
     * @throws IllegalArgumentException for a column of texts or lists, or one that is not there
     */
    public Tensor tensor(String... some) {
        try (var scope = Scope.open()) {
            var parts = Arrays.stream(some).map(this::column)
                    .map(column -> Tensor.of(values(column)).to(DType.FLOAT32)).toList();
            return scope.keep(Tensor.stack(parts, 1));
        }
    }

    private static double[] values(Column column) {
        return column instanceof Column.Numbers numbers ? numbers.values() : column.numbers(); // without a copy
    }

    /** Each row by its columns' names: numbers, truth values, texts, lists, dates as ISO 8601 has them, or null. */
    @JsonValue public List<Map<String, Object>> rows() {
        return IntStream.range(0, size).mapToObj(row -> {
            Map<String, Object> values = new LinkedHashMap<>();
            for (var column : columns) values.put(column.name(), column.value(row));
            return values;
        }).toList();
    }

    /** Writes a CSV file: values between commas, quoted where RFC 4180 asks for it, nothing where one is missing. */
    public void write(Path file) { AtomicFiles.write(file, csv()); }

    /** What {@link #write} writes. */
    public String csv() {
        var text = new StringBuilder(line(names));
        for (int row = 0; row < size; row++) {
            int at = row;
            text.append(line(columns.stream().map(column -> column.text(at)).toList()));
        }
        return text.toString();
    }

    private static String line(List<String> values) {
        return values.stream().map(Frame::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String value) {
        if (value == null) return "";
        boolean special = value.isEmpty() || value.chars().anyMatch(c -> ",\"\n\r".indexOf(c) >= 0);
        return special ? "\"" + value.replace("\"", "\"\"") + "\"" : value;
    }

    @Override public String toString() { return "Frame of " + size + " rows: " + fields(); }
}
