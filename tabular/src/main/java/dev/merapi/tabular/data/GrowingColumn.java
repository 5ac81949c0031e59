package dev.merapi.tabular.data;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.duckdb.DuckDBReadableVector;

/**
 * A column that grows as the rows of a query come.
 *
 * @param <A> the array of its values
 */
final class GrowingColumn<A> {
    private static final int SHARED_TEXTS = 10_000; // a category's name is kept once, not for each row

    /** Takes a value of the current row into an array. */
    @FunctionalInterface
    private interface Reader<A> {
        void read(ResultSet rows, A into, int at) throws SQLException;
    }

    private final IntFunction<A> make;
    private final Reader<A> reader;
    private final ChunkReader<A> chunkReader; // null for values that come one by one
    private final Function<A, Column> column;
    private A values;
    private int capacity = 1024;
    private int size;

    private GrowingColumn(IntFunction<A> make, Reader<A> reader, ChunkReader<A> chunkReader,
            Function<A, Column> column) {
        this.make = make;
        this.reader = reader;
        this.chunkReader = chunkReader;
        this.column = column;
        values = make.apply(capacity);
    }

    /**
     * One for each column of a result.
     *
     * @throws IllegalArgumentException for a column of a type that no kind holds, such as a STRUCT
     */
    static List<GrowingColumn<?>> of(ResultSetMetaData result) throws SQLException {
        var columns = new ArrayList<GrowingColumn<?>>();
        var fields = Schema.of(result);
        for (int i = 0; i < fields.size(); i++) {
            columns.add(of(fields.get(i), result.getColumnTypeName(i + 1), i + 1));
        }
        return columns;
    }

    /** @param index of the column in the result, from 1 */
    private static GrowingColumn<?> of(Field field, String type, int index) {
        String name = field.name();
        return switch (field.kind()) {
            case NUMBER -> new GrowingColumn<>(double[]::new, (rows, into, at) -> {
                double value = rows.getDouble(index);
                into[at] = rows.wasNull() ? Double.NaN : value;
            }, ChunkReader.numbers(type), values -> new Column.Numbers(name, values));
            case INTEGER -> new GrowingColumn<>(long[]::new, (rows, into, at) -> {
                long value = rows.getLong(index);
                into[at] = rows.wasNull() ? Column.MISSING : value;
            }, ChunkReader.integers(type), values -> new Column.Integers(name, values));
            case BOOLEAN -> new GrowingColumn<>(byte[]::new, (rows, into, at) -> {
                boolean value = rows.getBoolean(index);
                into[at] = (byte) (rows.wasNull() ? -1 : value ? 1 : 0);
            }, ChunkReader.booleans(type), values -> new Column.Booleans(name, values));
            case TEXT -> texts(name, type, index);
            case DATE -> new GrowingColumn<>(long[]::new, (rows, into, at) ->
                    into[at] = micros(name, rows.getObject(index)), ChunkReader.dates(type),
                    values -> new Column.Dates(name, values));
            case LIST -> new GrowingColumn<>(String[][]::new, (rows, into, at) -> {
                var list = rows.getArray(index);
                into[at] = list == null ? null : Arrays.stream((Object[]) list.getArray()).filter(Objects::nonNull)
                        .map(Object::toString).toArray(String[]::new);
            }, null, values -> new Column.Lists(name, values));
        };
    }

    private static GrowingColumn<?> texts(String name, String type, int index) {
        var shared = new HashMap<String, String>();
        UnaryOperator<String> share = value -> {
            String known = shared.get(value);
            if (known == null && value != null && shared.size() < SHARED_TEXTS) shared.put(value, value);
            return known == null ? value : known;
        };
        return new GrowingColumn<>(String[]::new, (rows, into, at) -> into[at] = share.apply(rows.getString(index)),
                ChunkReader.texts(type, share), values -> new Column.Texts(name, values));
    }

    /** A moment with an offset becomes that of UTC, so that rows can be compared. */
    private static long micros(String name, Object value) {
        LocalDateTime moment = switch (value) {
            case null -> null;
            case java.sql.Timestamp t -> t.toLocalDateTime();
            case java.sql.Date d -> d.toLocalDate().atStartOfDay();
            case LocalDate d -> d.atStartOfDay();
            case LocalDateTime t -> t;
            case OffsetDateTime t -> t.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
            default -> throw new IllegalArgumentException(name + ": expected dates. Received a "
                    + value.getClass().getName() + "; cast it to a timestamp in the query.");
        };
        return moment == null ? Column.MISSING : micros(moment);
    }

    static long micros(LocalDateTime moment) {
        return moment.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + moment.getNano() / 1000;
    }

    /** Whether it can take a DuckDB vector. */
    boolean takesChunks() { return chunkReader != null; }

    /** Adds the value in the current row. */
    void add(ResultSet rows) throws SQLException {
        reserve(1);
        reader.read(rows, values, size++);
    }

    /** Adds some values of a vector. */
    void add(DuckDBReadableVector vector, int from, int count) {
        reserve(count);
        chunkReader.read(vector, from, count, values, size);
        size += count;
    }

    private void reserve(int more) {
        if (size + more <= capacity) return;
        capacity = Math.max(Math.multiplyExact(capacity, 2), Math.addExact(size, more));
        values = copy(capacity);
    }

    private A copy(int length) {
        A copy = make.apply(length);
        System.arraycopy(values, 0, copy, 0, size);
        return copy;
    }

    /** What was added; the next value begins a new column. */
    Column finish() {
        var finished = column.apply(copy(size));
        size = 0;
        return finished;
    }
}
