package dev.merapi.tabular.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** A {@link Feature} that has learnt what it needs: it makes numbers or ids of a column's values, and is saved. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({@JsonSubTypes.Type(value = Encoder.Scaled.class, name = "number"),
    @JsonSubTypes.Type(value = Encoder.DateParts.class, name = "date"),
    @JsonSubTypes.Type(value = Encoder.Binned.class, name = "bins"),
    @JsonSubTypes.Type(value = Encoder.Named.class, name = "category"),
    @JsonSubTypes.Type(value = Encoder.Bucketed.class, name = "hashed"),
    @JsonSubTypes.Type(value = Encoder.NamedLists.class, name = "list"),
    @JsonSubTypes.Type(value = Encoder.Crossed.class, name = "cross")})
sealed interface Encoder {
    /** Of a category: what the training rows do not have. Of a list: nothing. */
    int UNKNOWN = 0;
    /** Of a category: no value. Of a list: what the training rows do not have. */
    int MISSING = 1;
    /** The ids below are the two above. */
    int FIRST = 2;

    /** One that makes numbers. */
    sealed interface Numeric extends Encoder {
        /** What the numbers are, in words. */
        List<String> outputs();

        /**
         * Writes a row's numbers.
         *
         * @param into takes as many as there are outputs, from {@code at}
         */
        void encode(Column column, int row, float[] into, int at);
    }

    /** One that makes an id. */
    sealed interface Categorical extends Encoder {
        /** One more than the greatest id. */
        int ids();

        /** Makes ids; may be kept and used by several threads. */
        Coder coder();
    }

    /** The id of a row's value. */
    @FunctionalInterface
    interface Coder {
        long encode(Column column, int row);
    }

    String column();

    /** z = (x - shift) / scale of x, or of sign(x) log(1 + |x|). */
    record Scaled(String column, boolean log, double mean, double shift, double scale, boolean indicator)
            implements Numeric {
        @Override public List<String> outputs() {
            return indicator ? List.of(column, column + " is missing") : List.of(column);
        }

        @Override public void encode(Column values, int row, float[] into, int at) {
            double x = value(values.number(row), log);
            boolean missing = Double.isNaN(x);
            into[at] = (float) (((missing ? mean : x) - shift) / scale);
            if (indicator) into[at + 1] = missing ? 1 : 0;
        }

        static double value(double x, boolean log) {
            if (Double.isInfinite(x)) return Double.NaN; // a quotient by 0, say: no measurement
            return log ? Math.signum(x) * Math.log1p(Math.abs(x)) : x;
        }
    }

    /**
     * @param origin days from the beginning of 1970 to the first
     * @param span days from there to the last
     */
    record DateParts(String column, double origin, double span, boolean times, boolean indicator) implements Numeric {
        private static final double DAY = 86_400;

        @Override public List<String> outputs() {
            var parts = new ArrayList<>(List.of("days", "sin of year", "cos of year", "sin of week", "cos of week"));
            if (times) parts.addAll(List.of("sin of day", "cos of day"));
            if (indicator) parts.add("is missing");
            return parts.stream().map(part -> column + " " + part).toList();
        }

        @Override public void encode(Column values, int row, float[] into, int at) {
            if (!(values instanceof Column.Dates dates)) {
                throw new IllegalArgumentException(column + ": expected a column of dates. Received one of kind "
                        + values.kind());
            }
            int count = outputs().size();
            Arrays.fill(into, at, at + count, 0);
            if (dates.isMissing(row)) {
                if (indicator) into[at + count - 1] = 1;
                return;
            }
            var moment = dates.moment(row);
            into[at] = (float) ((dates.number(row) / DAY - origin) / span);
            circle((moment.getDayOfYear() - 1) / 366.0, into, at + 1);
            circle((moment.getDayOfWeek().getValue() - 1) / 7.0, into, at + 3);
            if (times) circle(moment.toLocalTime().get(ChronoField.SECOND_OF_DAY) / DAY, into, at + 5);
        }

        private static void circle(double turn, float[] into, int at) {
            into[at] = (float) Math.sin(2 * Math.PI * turn);
            into[at + 1] = (float) Math.cos(2 * Math.PI * turn);
        }
    }

    /** @param edges ascending; a value equal to one is above it */
    record Binned(String column, List<Double> edges) implements Categorical {
        @Override public int ids() { return FIRST + edges.size() + 1; }

        @Override public Coder coder() {
            double[] sorted = edges.stream().mapToDouble(Double::doubleValue).toArray();
            return (values, row) -> {
                double x = values.number(row);
                if (Double.isNaN(x)) return MISSING;
                int below = Arrays.binarySearch(sorted, x);
                return FIRST + (below >= 0 ? below + 1 : -below - 1);
            };
        }
    }

    /** @param values by their id, from {@link #FIRST} */
    record Named(String column, List<String> values) implements Categorical {
        @Override public int ids() { return FIRST + values.size(); }

        @Override public Coder coder() {
            var places = places(values);
            return (column, row) -> {
                String value = column.text(row);
                return value == null ? MISSING : places.getOrDefault(value, UNKNOWN);
            };
        }
    }

    /** Categories by what their texts' hashes leave when divided by the number of buckets. */
    record Bucketed(String column, int buckets) implements Categorical {
        @Override public int ids() { return FIRST + buckets; }

        @Override public Coder coder() {
            return (column, row) -> {
                String value = column.text(row);
                return value == null ? MISSING : FIRST + Hash.bucket(Hash.of(value), buckets);
            };
        }
    }

    /**
     * @param separator of a text's parts; null if the column is a list
     * @param values by their id, from {@link #FIRST}
     */
    record NamedLists(String column, String separator, List<String> values) implements Encoder {
        int ids() { return FIRST + values.size(); }

        /** The ids of a row; none where the value is missing. */
        Function<String[], long[]> coder() {
            var places = places(values);
            return parts -> Arrays.stream(parts).mapToLong(part -> places.getOrDefault(part, MISSING)).toArray();
        }

        static String[] parts(Column column, int row, String separator) {
            if (column.isMissing(row)) return new String[0];
            if (column instanceof Column.Lists lists) return lists.values()[row];
            if (separator == null) {
                throw new IllegalArgumentException(column.name() + ": expected a column of lists, or a separator of the"
                        + " parts of a text. Received a column of kind " + column.kind());
            }
            return Arrays.stream(column.text(row).split(Pattern.quote(separator), -1)).map(String::strip)
                    .filter(part -> !part.isEmpty()).toArray(String[]::new);
        }
    }

    /** The combination of several columns, in a bucket. */
    record Crossed(List<String> columns, int buckets) implements Encoder {
        @Override public String column() { return String.join(" x ", columns); }

        long encode(List<Column> values, int row) {
            long hash = 0;
            for (var column : values) {
                String value = column.text(row);
                hash = Hash.with(hash, value == null ? 0 : Hash.of(value));
            }
            return Hash.bucket(hash, buckets);
        }
    }

    private static Map<String, Integer> places(List<String> values) {
        var places = new HashMap<String, Integer>();
        for (String value : values) places.put(value, FIRST + places.size());
        return places;
    }
}
