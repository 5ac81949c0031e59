package dev.merapi.tabular.data;

import dev.merapi.io.FileErrors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * How a text file separates its values, by its first line.
 *
 * @param delimiter between values
 * @param newline between lines, in an escape that DuckDB knows
 * @param names of the columns
 */
record CsvDialect(char delimiter, String newline, List<String> names) {
    private static final int LONGEST_HEADER = 4 << 20; // bytes
    private static final char[] DELIMITERS = {',', ';', '\t', '|'};
    private static final String NUMBER = "[-+]?(\\d+([.,]\\d*)?|[.,]\\d+)([eE][-+]?\\d+)?";

    /**
     * Looks at the beginning of a file.
     *
     * @throws IllegalArgumentException if it does not begin with the names of columns, in UTF-8
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    static CsvDialect of(Path file) {
        try (var in = open(file)) {
            byte[] start = in.readNBytes(LONGEST_HEADER);
            String text = new String(start, skipBom(file, start), start.length - skipBom(file, start),
                    StandardCharsets.UTF_8);
            int from = 0;
            while (from < text.length() && (text.charAt(from) == '\n' || text.charAt(from) == '\r')) from++;
            int end = end(text, from);
            if (from == end) {
                throw new IllegalArgumentException(file + ": expected a first line with the columns' names. Received an"
                        + " empty file.");
            }
            String header = text.substring(from, end);
            char delimiter = delimiter(file, header);
            String newline = text.startsWith("\r\n", end) ? "\\r\\n" : text.startsWith("\r", end) ? "\\r" : "\\n";
            return new CsvDialect(delimiter, newline, names(file, split(header, delimiter)));
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    static InputStream open(Path file) throws IOException {
        var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".gz")) return in;
        try {
            return new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Bytes of a mark of UTF-8 at the beginning. */
    private static int skipBom(Path file, byte[] start) {
        int first = start.length < 2 ? 0 : (start[0] & 255) << 8 | start[1] & 255;
        if (first == 0xFFFE || first == 0xFEFF) {
            throw new IllegalArgumentException(file + ": expected text in UTF-8. Received UTF-16; save it as UTF-8, for"
                    + " example by iconv -f UTF-16 -t UTF-8.");
        }
        return first == 0xEFBB && start.length > 2 && (start[2] & 255) == 0xBF ? 3 : 0;
    }

    /** Where the line ends that begins at {@code from}; quoted ends of lines are part of it. */
    private static int end(String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') quoted = !quoted;
            if (!quoted && (c == '\n' || c == '\r')) return i;
        }
        return text.length();
    }

    private static char delimiter(Path file, String header) {
        if (file.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(tsv|tab)(\\.gz)?")) return '\t';
        char best = ',';
        int most = 0;
        for (char candidate : DELIMITERS) {
            int count = split(header, candidate).size() - 1;
            if (count <= most) continue;
            most = count;
            best = candidate;
        }
        return best;
    }

    private static List<String> split(String line, char delimiter) {
        var values = new ArrayList<String>();
        var value = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                value.append(line.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == delimiter && !quoted) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }

    /** A column without a name, as the row numbers that others write, is called by its place. */
    private static List<String> names(Path file, List<String> header) {
        if (header.stream().allMatch(name -> name.strip().matches(NUMBER))) {
            throw new IllegalArgumentException(file + ", line 1: expected the columns' names. Received numbers, "
                    + String.join(" ", header) + "; write a line with names above them.");
        }
        var names = new ArrayList<String>();
        var seen = new HashMap<String, Integer>();
        for (String given : header) {
            String name = given.isBlank() ? "column" + (names.size() + 1) : given.strip();
            Integer before = seen.put(name.toLowerCase(Locale.ROOT), names.size() + 1); // SQL's names have no case
            if (before != null) {
                throw new IllegalArgumentException(file + ", line 1: expected columns of different names. Received "
                        + name + " as number " + before + " and as number " + (names.size() + 1) + "; rename one.");
            }
            names.add(name);
        }
        return names;
    }

    /**
     * The line in a file where a row begins.
     *
     * @param row from 0, the first after the names
     */
    static long lineOfRow(Path file, long row) { return line(file, row + 2, false); }

    /**
     * The line in a file where a record begins, as an editor numbers them.
     *
     * @param record from 1, the names; quoted ends of lines end none
     * @param blank whether empty lines count as records
     */
    static long line(Path file, long record, boolean blank) {
        try (var in = open(file)) {
            long line = 1, records = 0;
            boolean quoted = false, begins = true;
            for (int c = in.read(), before = 0; c >= 0; before = c, c = in.read()) {
                if (c == '\n' && before == '\r') continue; // one end of two characters
                boolean ends = c == '\n' || c == '\r';
                if (begins && !quoted && (blank || !ends) && ++records == record) return line;
                if (c == '"') quoted = !quoted;
                begins = ends && !quoted;
                if (ends) line++;
            }
            return line;
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}
