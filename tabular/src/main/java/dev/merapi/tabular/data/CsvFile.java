package dev.merapi.tabular.data;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A text file of values as a query. The kinds of its columns are found by counting, in a sample, how many values of
 * each look like what; DuckDB then reads numbers as such, and checks all of them.
 */
final class CsvFile implements Source {
    private static final int SAMPLE = 100_000; // rows
    private static final double NEARLY_ALL = 0.99; // of the values: what differs is more likely a slip than a text
    private static final String[] MISSING = {"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"};

    private static final String WHOLE = "-?(0|[1-9]\\d{0,17})";
    private static final String NUMBER = "[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?";
    private static final String COMMA = "[-+]?(\\d{1,3}(\\.\\d{3})+|\\d+)(,\\d+)?";
    private static final String COMMA_FOR_SURE = "[-+]?(\\d{1,3}(\\.\\d{3})+|\\d+),(\\d{1,2}|\\d{4,})"; // 1,234: 1234?
    private static final String LIKE_A_DATE = "\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}([ T].*)?";
    private static final String ISO_DATE = "\\d{4}[-/]\\d{1,2}[-/]\\d{1,2}([ T].*)?";
    private static final List<String> TIMES = List.of("", " %H:%M", " %H:%M:%S");

    private static final Pattern LINE = Pattern.compile("CSV Error on Line: (\\d+)");
    private static final Pattern COUNTS = Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");
    private static final Pattern CONVERSION =
            Pattern.compile("(?s)Error when converting column \"(.*?)\".*?string \"(.*?)\" to '(.*?)'");

    private final Path file;
    private final CsvDialect dialect;
    private final int sample; // rows
    private final List<Format> formats = new ArrayList<>();

    /** How a column's values are written. */
    private enum Format {
        WHOLE(Kind.INTEGER, "VARCHAR"), NUMBER(Kind.NUMBER, "DOUBLE"), COMMA(Kind.NUMBER, "VARCHAR"),
        BOOLEAN(Kind.BOOLEAN, "BOOLEAN"), TEXT(Kind.TEXT, "VARCHAR"), DAY_FIRST(Kind.DATE, "VARCHAR"),
        MONTH_FIRST(Kind.DATE, "VARCHAR");

        private final Kind kind;
        private final String type; // as which DuckDB reads it

        Format(Kind kind, String type) {
            this.kind = kind;
            this.type = type;
        }

        /** A condition on a value, for which it is of this format. */
        String fits(String value) {
            return switch (this) {
                case WHOLE -> matches(value, CsvFile.WHOLE);
                case NUMBER -> matches(value, CsvFile.NUMBER);
                case COMMA -> matches(value, CsvFile.COMMA);
                case BOOLEAN -> "lower(trim(" + value + ")) in ('true', 'false')";
                case TEXT -> "true";
                case DAY_FIRST, MONTH_FIRST -> "(" + date(value, this == DAY_FIRST) + ") is not null";
            };
        }

        /** The value in SQL; what does not fit fails with a message that is the value. */
        String parse(String value) {
            return switch (this) {
                case NUMBER, BOOLEAN -> value;
                // DuckDB would round 1.5
                case WHOLE -> "case when regexp_matches(" + value + ", '[.eE]') then cast(error(" + value
                        + ") as bigint) else cast(" + value + " as bigint) end";
                case TEXT -> "trim(" + value + ")";
                case COMMA -> "case when " + fits(value) + " then cast(replace(replace(trim(" + value
                        + "), '.', ''), ',', '.') as double) when " + value + " is null then null else cast(error("
                        + value + ") as double) end";
                case DAY_FIRST, MONTH_FIRST -> "case when " + value + " is null then null else coalesce("
                        + date(value, this == DAY_FIRST) + ", cast(error(" + value + ") as timestamp)) end";
            };
        }
    }

    private CsvFile(Path file, CsvDialect dialect, int sample) {
        this.file = file;
        this.dialect = dialect;
        this.sample = sample;
    }

    /** @param given kinds of some columns */
    static CsvFile open(Path file, List<Field> given) { return open(file, given, SAMPLE); }

    static CsvFile open(Path file, List<Field> given, int sample) {
        var csv = new CsvFile(file, CsvDialect.of(file), sample);
        csv.find(given);
        return csv;
    }

    /** All rows, with the columns by their kinds. */
    Table table() {
        var names = dialect.names();
        return new Table(this, IntStream.range(0, names.size())
                .mapToObj(i -> formats.get(i).parse(Table.name(names.get(i))) + " as " + Table.name(names.get(i)))
                .collect(Collectors.joining(", ", "select ", " from " + rows(true))));
    }

    /** @param typed numbers as numbers, else all values as texts */
    private String rows(boolean typed) {
        var columns = IntStream.range(0, dialect.names().size())
                .mapToObj(i -> Table.text(dialect.names().get(i)) + ": '"
                        + (typed ? formats.get(i).type : "VARCHAR") + "'")
                .collect(Collectors.joining(", "));
        return "read_csv(" + Table.text(file.toString()) + ", auto_detect = false, header = true, delim = "
                + Table.text("" + dialect.delimiter()) + ", quote = '\"', escape = '\"', new_line = '"
                + dialect.newline() + "', nullstr = [" + Table.texts(MISSING) + "], columns = {" + columns + "})";
    }

    // ---- kinds

    /** What is known of the values of a column in the sample. */
    private static final class Counts {
        private final String column;
        private final Frame counts;

        Counts(String column, Frame counts) {
            this.column = column;
            this.counts = counts;
        }

        long of(String what) { return (long) counts.column(what + " " + column).number(0); }

        boolean all(String what) { return of("values") > 0 && of(what) == of("values"); }
    }

    private void find(List<Field> given) {
        var names = dialect.names();
        var first = counts(names, value -> Map.of("values", value + " is not null",
                "zeros", matches(value, "0\\d+"), "whole", Format.WHOLE.fits(value),
                "numbers", Format.NUMBER.fits(value), "booleans", Format.BOOLEAN.fits(value),
                "commas", Format.COMMA.fits(value), "sure", matches(value, COMMA_FOR_SURE),
                "dates", matches(value, LIKE_A_DATE)));
        var likeDates = names.stream().filter(name -> first.get(name).of("dates") > 0).toList();
        var dates = likeDates.isEmpty() ? Map.<String, Counts>of() : counts(likeDates, value -> Map.of(
                "day first", Format.DAY_FIRST.fits(value), "month first", Format.MONTH_FIRST.fits(value),
                "unclear", date(value, true) + " <> " + date(value, false)));
        for (String name : names) {
            var kind = given.stream().filter(field -> field.name().equals(name)).map(Field::kind).findFirst();
            formats.add(kind.isPresent() ? given(name, kind.get(), first.get(name), dates.get(name))
                    : found(name, first.get(name), dates.get(name)));
        }
    }

    /** How many values of each column fit some conditions. */
    private Map<String, Counts> counts(List<String> columns, Function<String, Map<String, String>> conditions) {
        var selected = columns.stream().flatMap(column -> conditions.apply(Table.name(column)).entrySet().stream()
                .map(condition -> "count(*) filter (where " + condition.getValue() + ") as "
                        + Table.name(condition.getKey() + " " + column)));
        var counts = new Table(this, selected.collect(Collectors.joining(", ", "select ", " from (select * from "
                + rows(false) + " limit " + sample + ") t"))).frame();
        return columns.stream().collect(Collectors.toMap(Function.identity(), column -> new Counts(column, counts)));
    }

    /** @param dates null where no value looks like one */
    private Format found(String column, Counts counts, Counts dates) {
        long values = counts.of("values");
        if (values == 0) return Format.NUMBER;
        if (counts.all("booleans")) return Format.BOOLEAN;
        var numeric = numeric(counts);
        if (counts.of("zeros") == 0 && numeric != null) return numeric;
        var date = dates == null ? null : date(values, dates);
        if (date != null) return date;
        if (values >= 100 && counts.of("zeros") == 0 && counts.of("numbers") >= NEARLY_ALL * values) {
            throw wrong(column, Format.NUMBER);
        }
        if (values >= 100 && dates != null && dates.of("day first") < values
                && dates.of("day first") >= NEARLY_ALL * values) {
            throw wrong(column, Format.DAY_FIRST);
        }
        return Format.TEXT;
    }

    private Format given(String column, Kind kind, Counts counts, Counts dates) {
        var found = switch (kind) {
            case TEXT, LIST -> Format.TEXT;
            case BOOLEAN -> counts.of("values") == 0 || counts.all("booleans") ? Format.BOOLEAN : null;
            case INTEGER, NUMBER -> counts.of("values") == 0 ? Format.NUMBER : numeric(counts);
            case DATE -> counts.of("values") == 0 ? Format.DAY_FIRST
                    : dates == null ? null : date(counts.of("values"), dates);
        };
        if (found != null) return found;
        throw wrong(column, kind == Kind.BOOLEAN ? Format.BOOLEAN : kind == Kind.DATE ? Format.DAY_FIRST
                : Format.NUMBER);
    }

    /** Null if some values are no numbers. */
    private static Format numeric(Counts counts) {
        if (counts.all("whole")) return Format.WHOLE;
        if (counts.all("numbers")) return Format.NUMBER;
        return counts.all("commas") && counts.of("sure") > 0 ? Format.COMMA : null;
    }

    /** Null if some values are no dates, or nobody can say which they are. */
    private static Format date(long values, Counts dates) {
        boolean dayFirst = dates.of("day first") == values, monthFirst = dates.of("month first") == values;
        if (dayFirst && monthFirst && dates.of("unclear") > 0) return null;
        return dayFirst ? Format.DAY_FIRST : monthFirst ? Format.MONTH_FIRST : null;
    }

    private static String matches(String value, String regex) {
        return "regexp_full_match(trim(" + value + "), " + Table.text(regex) + ")";
    }

    /** A moment, or null if it is none. */
    private static String date(String value, boolean dayFirst) {
        String slashes = dayFirst ? "%d/%m/%Y" : "%m/%d/%Y";
        var formats = TIMES.stream().flatMap(time -> List.of("%d.%m.%Y" + time, slashes + time).stream())
                .toArray(String[]::new);
        return "coalesce(case when " + matches(value, ISO_DATE) + " then try_cast(" + value + " as timestamp) end,"
                + " try_strptime(trim(" + value + "), [" + Table.texts(formats) + "]))";
    }

    // ---- errors

    private IllegalArgumentException wrong(String column, Format format) {
        String value = Table.name(column);
        String numbered = "select row_number() over () - 1 as row, " + value + " as value from " + rows(false);
        try (var bad = new Query(this, "select row, value from (" + numbered + ") t where value is not null and not "
                + format.fits("value") + " order by row limit 1", 1)) {
            if (!bad.hasNext()) {
                throw new IllegalArgumentException(file + ": expected a column " + column + " of kind " + format.kind
                        + ". Received other values.");
            }
            var row = bad.next();
            return wrong(CsvDialect.lineOfRow(file, (long) row.column("row").number(0)), column, format.kind,
                    row.column("value").text(0));
        }
    }

    private IllegalArgumentException wrong(long line, String column, Kind kind, String value) {
        return new IllegalArgumentException(file + ", line " + line + ": expected " + switch (kind) {
            case INTEGER -> "a whole number";
            case NUMBER -> "a number";
            case DATE -> "a date";
            case BOOLEAN -> "true or false";
            case TEXT, LIST -> "a text";
        } + " in column " + column + ". Received \"" + value + "\"; mend it, or leave it empty if it is missing.");
    }

    @Override public Connection open() throws SQLException { return DUCKDB.open(); }

    @Override public RuntimeException failure(SQLException failure, String query) {
        var e = Source.reason(failure, query);
        String message = "" + e.getMessage();
        var at = LINE.matcher(message);
        if (!at.find()) {
            for (int i = 0; i < formats.size(); i++) {
                var format = formats.get(i);
                if (format.type.equals("VARCHAR") && format != Format.TEXT) {
                    var wrong = firstWrong(dialect.names().get(i), format);
                    if (wrong != null) return wrong;
                }
            }
            return new IllegalArgumentException(file + ": " + Source.message(e), e);
        }
        long line = CsvDialect.line(file, Long.parseLong(at.group(1)), true);
        String where = file + ", line " + line + ": ";
        var found = COUNTS.matcher(message);
        if (found.find()) {
            return new IllegalArgumentException(where + "expected " + found.group(1) + " values, for the columns "
                    + String.join(", ", dialect.names()) + ". Received " + found.group(2)
                    + "; is a quote or a separator missing or too much?", e);
        }
        var conversion = CONVERSION.matcher(message);
        if (conversion.find()) {
            var kind = conversion.group(3).equals("DOUBLE") ? Kind.NUMBER : Kind.BOOLEAN;
            return wrong(line, conversion.group(1), kind, conversion.group(2));
        }
        if (message.contains("unicode")) {
            return new IllegalArgumentException(where + "expected text in UTF-8. Received other bytes; save the file as"
                    + " UTF-8, for example by iconv -f LATIN1 -t UTF-8.", e);
        }
        if (message.contains("nterminated quote")) {
            return new IllegalArgumentException(where + "expected the end of a value that begins with a quote. Received"
                    + " none; add the quote, or write two for each that belongs to the value.", e);
        }
        return new IllegalArgumentException(where + "expected values as RFC 4180 has them. Received: "
                + message.lines().skip(2).findFirst().orElse(message).strip(), e);
    }

    private IllegalArgumentException firstWrong(String column, Format format) {
        String value = Table.name(column);
        try (var bad = new Query(DUCKDB, "select count(*) from " + rows(false) + " where " + value
                + " is not null and not " + format.fits(value), 1)) {
            return bad.next().columns().getFirst().number(0) == 0 ? null : wrong(column, format);
        } catch (IllegalArgumentException e) {
            return null; // the file is damaged in another way, of which the first failure tells
        }
    }
}
