package dev.merapi.tabular.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The rows of a file or a query, read when they are asked for: all at once as a {@link Frame}, or part by part where
 * they are more than memory holds. An embedded DuckDB reads the files and answers the queries.
 *
 * <pre>{@code
 * var titanic = Table.read(Path.of("titanic.csv"));
 * var means = Table.sql("select movie, avg(rating) as mean from 'ratings.csv' group by movie");
 * var orders = Table.jdbc("jdbc:postgresql://localhost/shop", "select * from orders");
 * var adults = titanic.where("age >= 18").frame();
 * }</pre>
 *
 * A table holds nothing: it may be used by several threads, needs no closing, and sees a file as it is then. Rows come
 * in the file's order, a query's in the order that it asks for.
 */
public final class Table {
    private static final String FORMATS = ".csv, .tsv, .tab, .txt, .parquet, .json, .jsonl or .ndjson, or one of them"
            + " but .parquet and .gz";
    private static final int ALL = Integer.MAX_VALUE;

    private final Source source;
    private final String query;

    Table(Source source, String query) {
        this.source = source;
        this.query = query.replaceFirst("[;\\s]+$", "");
    }

    /**
     * The table in a file, by the end of its name: {@code .csv}, {@code .tsv}, {@code .tab}, {@code .txt}, {@code
     * .json}, {@code .jsonl} or {@code .ndjson}, these also with {@code .gz}, or {@code .parquet}.
     *
     * <p>A text file's first line names the columns. Between the values stand commas, semicolons, tabs or vertical
     * bars, whichever the first line has most of; values may be quoted as in RFC 4180, also over several lines. Kinds
     * are those of the first 100,000 rows: a column is numbers, or dates, if all of its values are. Nothing, {@code
     * NA}, {@code N/A}, {@code NaN}, {@code null}, {@code None} and {@code ?} are missing values. A number may have a
     * decimal comma; a date is written 2024-03-01, 01.03.2024 or 01/03/2024, the last as day and month or as month and
     * day, whichever fits all rows, and a time may follow.
     *
     * @throws IllegalArgumentException if the file's name tells no format; if the file is not there; or, from the
     *     reading too, if it is no such table, with the line
     */
    public static Table read(Path file) { return read(file, List.of()); }

    /**
     * As {@link #read(Path)}, with the kinds of some columns given, as {@link #fields} told them of another file of the
     * same form. Columns of the file that are not named are read too.
     *
     * @throws IllegalArgumentException as {@link #read(Path)}, and if a value is not of the kind
     */
    public static Table read(Path file, List<Field> kinds) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + ": expected a table, " + FORMATS + ". Received "
                    + (Files.exists(file) ? "something that is no file." : "the name of a file that is not there."));
        }
        String end = name.replaceFirst("\\.gz$", "").replaceFirst(".*\\.", "");
        return switch (end) {
            case "csv", "tsv", "tab", "txt" -> CsvFile.open(file, kinds).table();
            case "parquet" -> sql("select * from read_parquet(" + text(file.toString()) + ")");
            case "json", "jsonl", "ndjson" -> sql("select * from read_json(" + text(file.toString()) + ")");
            default -> throw new IllegalArgumentException(file + ": expected a name that ends with " + FORMATS
                    + ". Rename the file for its format, or use Table.sql.");
        };
    }

    /**
     * The table that a user means by a text: a query, if it begins with {@code select}, {@code with} or {@code from},
     * else a file, as {@link #read(Path, List)} takes it.
     */
    public static Table of(String fileOrQuery, List<Field> kinds) {
        return fileOrQuery.strip().matches("(?is)(select|with|from)\\s.*") ? sql(fileOrQuery)
                : read(Path.of(fileOrQuery), kinds);
    }

    /**
     * The answer to a query of DuckDB's SQL, in which the names of files stand for tables: {@code select * from
     * 'ratings.csv'}. Files are read as DuckDB reads them.
     *
     * @throws IllegalArgumentException (when rows or columns are asked for) with DuckDB's message, if the query fails
     */
    public static Table sql(String query) { return new Table(Source.DUCKDB, query); }

    /**
     * The answer of a database to a query in its own SQL.
     *
     * @param url as its JDBC driver takes it; the driver must be on the class path
     * @throws IllegalArgumentException (when rows or columns are asked for) with the database's message
     */
    public static Table jdbc(String url, String query) { return new Table(Source.of(url), query); }

    /** The columns' names and kinds. Asks the database, but reads no rows. */
    public List<Field> fields() {
        try (var none = new Query(source, "select *" + from() + " where 1 = 0", 1)) {
            return none.frame().fields();
        }
    }

    /** Number of rows. Reads them all. */
    public long count() {
        try (var one = new Query(source, "select count(*)" + from(), 1)) {
            return (long) one.next().columns().getFirst().number(0);
        }
    }

    /** The rows for which a condition of SQL holds, such as {@code "age >= 18 and sex = 'female'"}. */
    public Table where(String condition) { return over("select *" + from() + " where " + condition); }

    /** Columns by expressions of SQL, such as {@code "age"} or {@code "fare / 2 as half"}. */
    public Table select(String... expressions) {
        return over("select " + String.join(", ", expressions) + from());
    }

    /** The rows in an order of SQL, such as {@code "day desc"}. */
    public Table orderBy(String expressions) {
        return over("select *" + from() + " order by " + expressions);
    }

    /** The rows for whose number, from 1, a condition holds. */
    Table numbered(String condition) {
        return over("select * exclude (row_number_of_all) from (select *, row_number() over () as row_number_of_all"
                + from() + ") t where row_number_of_all " + condition);
    }

    /** These rows, for a query over them; a comment may stand at their end. */
    private String from() { return " from (" + query + "\n) t"; }

    private Table over(String outer) { return new Table(source, outer); }

    /** All rows, in memory. */
    public Frame frame() {
        try (var rows = new Query(source, query, ALL)) {
            return rows.hasNext() ? rows.next() : rows.frame();
        }
    }

    /**
     * The rows part by part; memory holds one part.
     *
     * @param size rows in each but the last
     */
    public Frames frames(int size) {
        if (size < 1) throw new IllegalArgumentException("Table.frames: expected at least 1 row. Received " + size);
        return new Query(source, query, size);
    }

    /** A text in SQL. */
    static String text(String value) { return "'" + value.replace("'", "''") + "'"; }

    /** Several texts in SQL, between commas. */
    static String texts(String... values) {
        return Arrays.stream(values).map(Table::text).collect(Collectors.joining(", "));
    }

    /** A column's name in SQL. */
    static String name(String column) { return "\"" + column.replace("\"", "\"\"") + "\""; }

    @Override public String toString() { return "Table of " + query; }
}
