package dev.merapi.tabular.data;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The values of one column, in memory. A column of a {@link Frame} shares its array: it is to be read, not written.
 *
 * <pre>{@code
 * double[] fares = frame.column("fare").numbers();                            // NaN where it is missing
 * }</pre>
 */
public sealed interface Column {
    /** In a {@link Integers}, {@link Dates}: nothing is there. */
    long MISSING = Long.MIN_VALUE;

    String name();

    Kind kind();

    /** Number of rows. */
    int size();

    /** Whether a row has no value. */
    boolean isMissing(int row);

    /** A row's value as a text, as it names a category and stands in a CSV file; null where it is missing. */
    String text(int row);

    /**
     * A row's value as a number, NaN where it is missing: 1 for true, 0 for false, of a date the seconds since 1970.
     *
     * @throws IllegalArgumentException for texts and lists
     */
    double number(int row);

    /** A row's value as programs and JSON have it: a number, truth value, text or list; of a date its text, or null. */
    default Object value(int row) { return text(row); }

    /** The rows at these positions, in this order. */
    Column take(int... rows);

    /** The same under another name. */
    Column named(String name);

    /** All values by {@link #number}. */
    default double[] numbers() { return IntStream.range(0, size()).mapToDouble(this::number).toArray(); }

    /** All values by {@link #text}. */
    default String[] texts() { return IntStream.range(0, size()).mapToObj(this::text).toArray(String[]::new); }

    /**
     * A column of one value, as JSON has it.
     *
     * @param value a number, truth value, text or list, or null
     * @throws IllegalArgumentException if it is of another kind
     */
    static Column of(Field field, Object value) {
        if (value == null) return missing(field, 1);
        String name = field.name();
        try {
            return switch (field.kind()) {
                case NUMBER, INTEGER -> new Numbers(name, new double[] {((Number) value).doubleValue()});
                case BOOLEAN -> new Booleans(name, new byte[] {(byte) ((Boolean) value ? 1 : 0)});
                case TEXT -> new Texts(name, new String[] {value.toString()});
                case DATE -> new Dates(name, new long[] {Dates.micros((String) value)});
                case LIST -> new Lists(name, new String[][] {((List<?>) value).stream().map(Object::toString)
                        .toArray(String[]::new)});
            };
        } catch (ClassCastException e) {
            throw new IllegalArgumentException(name + ": expected a value of kind " + field.kind() + ". Received "
                    + value + ".", e);
        }
    }

    /** A column without a value. */
    static Column missing(Field field, int rows) {
        return switch (field.kind()) {
            case NUMBER -> new Numbers(field.name(), filled(new double[rows]));
            case INTEGER -> new Integers(field.name(), filled(new long[rows]));
            case DATE -> new Dates(field.name(), filled(new long[rows]));
            case BOOLEAN -> {
                var values = new byte[rows];
                Arrays.fill(values, (byte) -1);
                yield new Booleans(field.name(), values);
            }
            case TEXT -> new Texts(field.name(), new String[rows]);
            case LIST -> new Lists(field.name(), new String[rows][]);
        };
    }

    private static double[] filled(double[] values) {
        Arrays.fill(values, Double.NaN);
        return values;
    }

    private static long[] filled(long[] values) {
        Arrays.fill(values, MISSING);
        return values;
    }

    private static IllegalArgumentException noNumber(Column column) {
        return new IllegalArgumentException(column.name() + ": expected a column of numbers. Received one of kind "
                + column.kind() + "; is it a category?");
    }

    /** Numbers with a fraction; NaN is missing. */
    record Numbers(String name, double[] values) implements Column {
        @Override public Kind kind() { return Kind.NUMBER; }

        @Override public int size() { return values.length; }

        @Override public boolean isMissing(int row) { return Double.isNaN(values[row]); }

        /** A whole number has no fraction here either: 3, not 3.0. */
        @Override public String text(int row) {
            double value = values[row];
            if (Double.isNaN(value)) return null;
            return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value)
                    : Double.toString(value);
        }

        @Override public double number(int row) { return values[row]; }

        @Override public Object value(int row) { return isMissing(row) ? null : (Object) values[row]; }

        @Override public double[] numbers() { return values.clone(); }

        @Override public Numbers take(int... rows) {
            return new Numbers(name, Arrays.stream(rows).mapToDouble(row -> values[row]).toArray());
        }

        @Override public Numbers named(String other) { return new Numbers(other, values); }
    }

    /** Whole numbers; {@link #MISSING} is missing. */
    record Integers(String name, long[] values) implements Column {
        @Override public Kind kind() { return Kind.INTEGER; }

        @Override public int size() { return values.length; }

        @Override public boolean isMissing(int row) { return values[row] == MISSING; }

        @Override public String text(int row) { return isMissing(row) ? null : Long.toString(values[row]); }

        @Override public double number(int row) { return isMissing(row) ? Double.NaN : values[row]; }

        @Override public Object value(int row) { return isMissing(row) ? null : (Object) values[row]; }

        @Override public Integers take(int... rows) {
            return new Integers(name, Arrays.stream(rows).mapToLong(row -> values[row]).toArray());
        }

        @Override public Integers named(String other) { return new Integers(other, values); }
    }

    /** Truth values: 1 and 0; -1 is missing. */
    record Booleans(String name, byte[] values) implements Column {
        @Override public Kind kind() { return Kind.BOOLEAN; }

        @Override public int size() { return values.length; }

        @Override public boolean isMissing(int row) { return values[row] < 0; }

        @Override public String text(int row) { return isMissing(row) ? null : Boolean.toString(values[row] == 1); }

        @Override public double number(int row) { return isMissing(row) ? Double.NaN : values[row]; }

        @Override public Object value(int row) { return isMissing(row) ? null : (Object) (values[row] == 1); }

        @Override public Booleans take(int... rows) {
            var taken = new byte[rows.length];
            for (int i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
            return new Booleans(name, taken);
        }

        @Override public Booleans named(String other) { return new Booleans(other, values); }
    }

    /** Texts; null is missing. */
    record Texts(String name, String[] values) implements Column {
        @Override public Kind kind() { return Kind.TEXT; }

        @Override public int size() { return values.length; }

        @Override public boolean isMissing(int row) { return values[row] == null; }

        @Override public String text(int row) { return values[row]; }

        @Override public double number(int row) { throw Column.noNumber(this); }

        @Override public Texts take(int... rows) {
            return new Texts(name, Arrays.stream(rows).mapToObj(row -> values[row]).toArray(String[]::new));
        }

        @Override public Texts named(String other) { return new Texts(other, values); }
    }

    /** Moments, in microseconds since the beginning of 1970; {@link #MISSING} is missing. */
    record Dates(String name, long[] micros) implements Column {
        @Override public Kind kind() { return Kind.DATE; }

        @Override public int size() { return micros.length; }

        @Override public boolean isMissing(int row) { return micros[row] == MISSING; }

        /**
         * The microseconds of a date or moment as ISO 8601 has it.
         *
         * @throws IllegalArgumentException if it is none
         */
        public static long micros(String iso) {
            try {
                var moment = iso.length() > 10 ? LocalDateTime.parse(iso) : LocalDate.parse(iso).atStartOfDay();
                return moment.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + moment.getNano() / 1000;
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException("expected a date, such as 2024-03-01 or 2024-03-01T12:30. Received"
                        + " \"" + iso + "\"", e);
            }
        }

        /** The moment in the table's own time zone. */
        public LocalDateTime moment(int row) {
            long seconds = Math.floorDiv(micros[row], 1_000_000L);
            var instant = Instant.ofEpochSecond(seconds, Math.floorMod(micros[row], 1_000_000L) * 1000);
            return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        }

        /** As ISO 8601 has it: {@code 2024-03-01}, or {@code 2024-03-01T12:30:00}. */
        @Override public String text(int row) {
            if (isMissing(row)) return null;
            var moment = moment(row);
            return moment.toLocalTime().equals(LocalTime.MIDNIGHT) ? moment.toLocalDate().toString()
                    : DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(moment);
        }

        @Override public double number(int row) { return isMissing(row) ? Double.NaN : micros[row] / 1e6; }

        @Override public Dates take(int... rows) {
            return new Dates(name, Arrays.stream(rows).mapToLong(row -> micros[row]).toArray());
        }

        @Override public Dates named(String other) { return new Dates(other, micros); }
    }

    /** Lists of texts; null is missing. */
    record Lists(String name, String[][] values) implements Column {
        @Override public Kind kind() { return Kind.LIST; }

        @Override public int size() { return values.length; }

        @Override public boolean isMissing(int row) { return values[row] == null; }

        /** The parts between vertical bars. */
        @Override public String text(int row) { return isMissing(row) ? null : String.join("|", values[row]); }

        @Override public double number(int row) { throw Column.noNumber(this); }

        @Override public Object value(int row) { return isMissing(row) ? null : List.of(values[row]); }

        @Override public Lists take(int... rows) {
            return new Lists(name, Arrays.stream(rows).mapToObj(row -> values[row]).toArray(String[][]::new));
        }

        @Override public Lists named(String other) { return new Lists(other, values); }
    }
}
