package dev.merapi.tabular.data;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;

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
    private final Function<A, Column> column;
    private A values;
    private int capacity = 1024;
    private int size;

    private GrowingColumn(IntFunction<A> make, Reader<A> reader, Function<A, Column> column) {
        this.make = make;
        this.reader = reader;
        this.column = column;
        values = make.apply(capacity);
    }

    /** @param index of the column in the result, from 1 */
    static GrowingColumn<?> of(Field field, int index) {
        String name = field.name();
        return switch (field.kind()) {
            case NUMBER -> new GrowingColumn<>(double[]::new, (rows, into, at) -> {
                double value = rows.getDouble(index);
                into[at] = rows.wasNull() ? Double.NaN : value;
            }, values -> new Column.Numbers(name, values));
            case INTEGER -> new GrowingColumn<>(long[]::new, (rows, into, at) -> {
                long value = rows.getLong(index);
                into[at] = rows.wasNull() ? Column.MISSING : value;
            }, values -> new Column.Integers(name, values));
            case BOOLEAN -> new GrowingColumn<>(byte[]::new, (rows, into, at) -> {
                boolean value = rows.getBoolean(index);
                into[at] = (byte) (rows.wasNull() ? -1 : value ? 1 : 0);
            }, values -> new Column.Booleans(name, values));
            case TEXT -> texts(name, index);
            case DATE -> new GrowingColumn<>(long[]::new, (rows, into, at) ->
                    into[at] = micros(name, rows.getObject(index)), values -> new Column.Dates(name, values));
            case LIST -> new GrowingColumn<>(String[][]::new, (rows, into, at) -> {
                var list = rows.getArray(index);
                into[at] = list == null ? null : Arrays.stream((Object[]) list.getArray()).filter(Objects::nonNull)
                        .map(Object::toString).toArray(String[]::new);
            }, values -> new Column.Lists(name, values));
        };
    }

    private static GrowingColumn<?> texts(String name, int index) {
        var shared = new HashMap<String, String>();
        return new GrowingColumn<>(String[]::new, (rows, into, at) -> {
            String value = rows.getString(index);
            String known = shared.get(value);
            if (known == null && value != null && shared.size() < SHARED_TEXTS) shared.put(value, value);
            into[at] = known == null ? value : known;
        }, values -> new Column.Texts(name, values));
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
        if (moment == null) return Column.MISSING;
        return moment.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + moment.getNano() / 1000;
    }

    /** Adds the value in the current row. */
    void add(ResultSet rows) throws SQLException {
        if (size == capacity) {
            capacity = Math.multiplyExact(capacity, 2);
            values = copy(capacity);
        }
        reader.read(rows, values, size++);
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
