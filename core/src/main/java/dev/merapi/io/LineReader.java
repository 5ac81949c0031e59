package dev.merapi.io;

import java.io.IOException;
import java.io.Reader;

/**
 * Reads lines, which end with LF, CR LF or the end of the text; a CR elsewhere is a character of its line, as for the
 * tools that count lines and align translations. A byte order mark at the beginning is passed over.
 */
public final class LineReader extends Reader {
    private final Reader in;
    private final char[] buffer = new char[1 << 13];
    private int at;
    private int end;
    private boolean begun;

    /** Closing this closes {@code in}. */
    public LineReader(Reader in) {
        this.in = in;
    }

    /** The next line without its end; null after the last. */
    public String readLine() throws IOException {
        StringBuilder begin = null; // of a line that the buffer does not hold whole
        while (fill()) {
            int from = at;
            while (at < end && buffer[at] != '\n') at++;
            if (at < end) {
                var rest = new String(buffer, from, at++ - from);
                return withoutReturn(begin == null ? rest : begin.append(rest).toString());
            }
            if (begin == null) begin = new StringBuilder();
            begin.append(buffer, from, end - from);
        }
        return begin == null ? null : begin.toString();
    }

    /** Whether {@link #readLine} has its whole line already, so that it waits for nothing. */
    public boolean hasLine() {
        int next = at;
        while (next < end && buffer[next] != '\n') next++;
        return next < end;
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    /** Whether there is a character in the buffer, which is filled where there is none. */
    private boolean fill() throws IOException {
        while (at == end) {
            at = 0;
            end = Math.max(0, in.read(buffer, 0, buffer.length));
            if (end == 0) return false;
            if (!begun && buffer[0] == '\uFEFF') at++;
            begun = true;
        }
        return true;
    }

    @Override public int read(char[] into, int from, int count) throws IOException {
        if (count == 0) return 0;
        if (!fill()) return -1;
        int copied = Math.min(count, end - at);
        System.arraycopy(buffer, at, into, from, copied);
        at += copied;
        return copied;
    }

    @Override public void close() throws IOException { in.close(); }
}
