package dev.merapi.protect.masking;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the records of a CSV file (RFC 4180) one by one, as they are written: a value that nobody changes goes out with
 * the same quotes, and lines end as they did.
 */
final class CsvReader {
    private static final int LONGEST = 1 << 24; // characters of a record: more means that a quote is not closed
    private static final char[] DELIMITERS = {',', ';', '\t', '|'};

    private final Reader in;
    private final boolean marked; // whether a byte order mark stands before the first record
    private char delimiter; // 0 before the first record
    private int next;
    private long line = 1;

    /** @param delimiter 0 for the one that the first line has most of */
    CsvReader(Reader in, char delimiter) throws IOException {
        this.in = in;
        this.delimiter = delimiter;
        int first = in.read();
        marked = first == '\uFEFF';
        next = marked ? in.read() : first;
    }

    /** What stands before the first record: a byte order mark or nothing. */
    String mark() { return marked ? "\uFEFF" : ""; }

    /**
     * A record.
     *
     * @param raw its values as they are written, with their quotes
     * @param end what ends its line
     * @param line where it begins
     */
    record Row(List<String> raw, String end, long line) {
        /** A value without its quotes. */
        String value(int column) {
            String text = raw.get(column);
            return isQuoted(text) ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
        }

        boolean isBlank() { return raw.size() == 1 && raw.getFirst().isBlank(); }
    }

    static boolean isQuoted(String text) {
        return text.length() > 1 && text.charAt(0) == '"' && text.charAt(text.length() - 1) == '"';
    }

    /** A value as it is written, quoted where it was or must be. */
    String written(String value, boolean quoted) {
        boolean special = value.indexOf(delimiter) >= 0 || value.chars().anyMatch(c -> "\"\n\r".indexOf(c) >= 0);
        return quoted || special ? "\"" + value.replace("\"", "\"\"") + "\"" : value;
    }

    /** Values as a record is written. */
    String joined(List<String> raw) { return String.join("" + delimiter, raw); }

    /**
     * The next record; null after the last.
     *
     * @throws IllegalArgumentException with the line, for a quote that is not closed
     */
    Row read() throws IOException {
        if (next < 0) return null;
        long begins = line;
        var text = new StringBuilder();
        var marks = new ArrayList<Integer>(); // where delimiters are
        boolean quoted = false, opens = true;
        while (next >= 0 && (quoted || next != '\n' && next != '\r')) {
            char c = (char) next;
            if (c == '"' && (quoted || opens)) quoted = !quoted;
            else if (c == '"' && text.length() > 0 && text.charAt(text.length() - 1) == '"') quoted = true; // ""
            opens = !quoted && isDelimiter(c);
            if (opens) marks.add(text.length());
            if (c == '\n') line++;
            text.append(c);
            if (text.length() > LONGEST) throw unclosed(begins);
            next = in.read();
        }
        if (quoted) throw unclosed(begins);
        var row = new Row(split(text.toString(), marks), end(), begins);
        line++;
        return row;
    }

    private boolean isDelimiter(char c) {
        if (delimiter != 0) return c == delimiter;
        for (char one : DELIMITERS) if (c == one) return true;
        return false;
    }

    private String end() throws IOException {
        if (next < 0) return "";
        var end = new StringBuilder().append((char) next);
        int first = next;
        next = in.read();
        if (first == '\r' && next == '\n') {
            end.append('\n');
            next = in.read();
        }
        return end.toString();
    }

    private List<String> split(String text, List<Integer> marks) {
        if (delimiter == 0) delimiter = most(text, marks);
        var values = new ArrayList<String>(marks.size() + 1);
        int from = 0;
        for (int mark : marks) {
            if (text.charAt(mark) != delimiter) continue;
            values.add(text.substring(from, mark));
            from = mark + 1;
        }
        values.add(text.substring(from));
        return values;
    }

    private static char most(String text, List<Integer> marks) {
        char best = ',';
        long most = 0;
        for (char one : DELIMITERS) {
            long count = marks.stream().filter(mark -> text.charAt(mark) == one).count();
            if (count > most) best = one;
            most = Math.max(most, count);
        }
        return best;
    }

    private static IllegalArgumentException unclosed(long line) {
        return new IllegalArgumentException("line " + line + ": expected the end of a value that begins with a quote."
                + " Received none; add the quote, or write two for each that belongs to the value.");
    }
}
