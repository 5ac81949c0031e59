package dev.merapi.text.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.merapi.io.JsonErrors;
import dev.merapi.io.LineReader;
import dev.merapi.io.Nearest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Columns of a table in a file, by their names.
 *
 * <pre>{@code
 * var pairs = Columns.read(Path.of("mrpc.tsv"), "#1 String", "#2 String");
 * }</pre>
 *
 * <table><caption>What a file is, by the end of its name, with or without {@code .gz}</caption>
 * <tr><td>{@code .csv}</td><td>values between commas, quoted as in RFC 4180; the first line names the columns</td></tr>
 * <tr><td>{@code .tsv}</td><td>values between tabs, in which a quote is a character as any other; the first line names
 * the columns</td></tr>
 * <tr><td>{@code .jsonl}, {@code .ndjson}</td><td>a JSON object on each line; numbers and booleans become
 * text</td></tr></table>
 *
 * Empty lines are passed over. Files are UTF-8, as in {@link Lines}.
 */
public final class Columns {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CsvMapper CSV = CsvMapper.builder().enable(CsvParser.Feature.WRAP_AS_ARRAY).build();

    private Columns() {}

    /**
     * The values of these columns in every row, for files of any size. Close the stream.
     *
     * @throws IllegalArgumentException (some from the stream) if a column is missing, with those that are
     *     there and what may be meant; if a row is damaged, with its line; or if the file's name tells no format
     * @throws java.io.UncheckedIOException if the file cannot be read
     */
    public static Stream<List<String>> stream(Path file, String... columns) {
        return switch (Format.of(file)) {
            case COMMAS -> Utf8File.stream(file, in -> table(file, commas(file, in), columns));
            case TABS -> Utf8File.stream(file, in -> table(file, tabs(in), columns));
            case OBJECTS -> Utf8File.stream(file, in -> objects(file, in, (object, line) ->
                    values(object, columns, file, line)));
        };
    }

    /** The names of the columns; of JSON those in the first object. Throws as {@link #stream}. */
    public static List<String> names(Path file) {
        try (var names = switch (Format.of(file)) {
            case COMMAS -> Utf8File.stream(file, in -> header(file, commas(file, in)));
            case TABS -> Utf8File.stream(file, in -> header(file, tabs(in)));
            case OBJECTS -> Utf8File.stream(file, in -> objects(file, in, (object, _) -> names(object)));
        }) {
            return names.findFirst().orElse(List.of());
        }
    }

    private enum Format {
        COMMAS, TABS, OBJECTS;

        static Format of(Path file) {
            String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
            return switch (name.substring(name.lastIndexOf('.') + 1)) {
                case "csv" -> COMMAS;
                case "tsv" -> TABS;
                case "jsonl", "ndjson" -> OBJECTS;
                default -> throw new IllegalArgumentException(file + ": expected a name that ends with .csv, .tsv,"
                        + " .jsonl or .ndjson, or these and .gz. Rename the file for its format.");
            };
        }
    }

    /** All rows. */
    public static List<List<String>> read(Path file, String... columns) {
        try (var rows = stream(file, columns)) {
            return rows.toList();
        }
    }

    private record Row(String[] values, long line) {}

    private static Utf8File.Source<Row> commas(Path file, LineReader in) throws IOException {
        var rows = CSV.readerFor(String[].class).<String[]>readValues(in);
        return () -> {
            long line = rows.getCurrentLocation().getLineNr();
            try {
                return rows.hasNextValue() ? new Row(rows.nextValue(), line) : null;
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("%s, line %d: expected values as RFC 4180 has them. Received: %s."
                        .formatted(file, line, JsonErrors.reason(e)), e);
            }
        };
    }

    private static Utf8File.Source<Row> tabs(LineReader in) {
        var line = new long[1];
        return () -> {
            String text = in.readLine();
            return text == null ? null : new Row(text.split("\t", -1), ++line[0]);
        };
    }

    private static Utf8File.Source<List<String>> table(Path file, Utf8File.Source<Row> rows, String[] columns)
            throws IOException {
        var names = header(file, rows).next();
        int[] places = Arrays.stream(columns).mapToInt(column -> {
            if (!names.contains(column)) throw missing(file.toString(), column, names);
            return names.indexOf(column);
        }).toArray();
        return () -> {
            var row = nonEmpty(rows);
            if (row == null) return null;
            if (row.values.length == names.size()) return Arrays.stream(places).mapToObj(i -> row.values[i]).toList();
            throw new IllegalArgumentException("%s, line %d: expected %d values, for the columns %s. Received %d; is a"
                    .formatted(file, row.line, names.size(), names, row.values.length)
                    + " quote or a separator missing or too much?");
        };
    }

    private static Utf8File.Source<List<String>> header(Path file, Utf8File.Source<Row> rows) throws IOException {
        var first = nonEmpty(rows);
        if (first != null) return () -> List.of(first.values);
        throw new IllegalArgumentException(file + ": expected a first line with the columns' names. Received an empty"
                + " file.");
    }

    private static Row nonEmpty(Utf8File.Source<Row> rows) throws IOException {
        var row = rows.next();
        while (row != null && row.values.length == 1 && row.values[0].isEmpty()) row = rows.next();
        return row;
    }

    private static Utf8File.Source<List<String>> objects(Path file, LineReader in,
            BiFunction<JsonNode, Long, List<String>> part) {
        var line = new long[1];
        return () -> {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line[0]++;
                if (!text.isBlank()) return part.apply(object(text, file, line[0]), line[0]);
            }
            return null;
        };
    }

    private static JsonNode object(String text, Path file, long line) {
        String received;
        try {
            var node = JSON.readTree(text);
            if (node.isObject()) return node;
            received = node.getNodeType().name().toLowerCase(Locale.ROOT);
        } catch (JsonProcessingException e) {
            received = JsonErrors.reason(e);
        }
        throw new IllegalArgumentException("%s, line %d: expected a JSON object. Received: %s."
                .formatted(file, line, received));
    }

    private static List<String> values(JsonNode object, String[] columns, Path file, long line) {
        var values = new ArrayList<String>();
        for (String column : columns) {
            var value = object.path(column);
            if (value.isMissingNode()) {
                throw missing("%s, line %d".formatted(file, line), column, names(object));
            }
            if (value.isNull() || value.isContainerNode()) {
                throw new IllegalArgumentException("%s, line %d: expected text or a number as \"%s\". Received %s."
                        .formatted(file, line, column, value.getNodeType().name().toLowerCase(Locale.ROOT)));
            }
            values.add(value.asText());
        }
        return List.copyOf(values);
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static IllegalArgumentException missing(String where, String column, Collection<String> names) {
        return new IllegalArgumentException(where + ": expected a column \"" + column + "\". Received the columns "
                + names + Nearest.near(column, names).map(n -> "; did you mean \"" + n + "\"?").orElse("."));
    }
}
