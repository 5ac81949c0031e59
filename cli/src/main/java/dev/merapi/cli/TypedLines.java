package dev.merapi.cli;

import dev.merapi.io.LineReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The lines of the standard input. */
final class TypedLines {
    private final LineReader in =
            new LineReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder())); // refuses
    private int number;

    /**
     * The next line; null at the end.
     *
     * @throws IllegalArgumentException if it is not UTF-8
     */
    String next() throws IOException {
        try {
            String line = in.readLine();
            if (line != null) number++;
            return line;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the standard input: expected text in UTF-8. Received other bytes;"
                    + " convert it by iconv -t UTF-8.", e);
        }
    }

    /**
     * The next line, and those after it that came with it, {@code most} at most; none at the end.
     *
     * @throws IllegalArgumentException as {@link #next}
     */
    List<String> next(int most) throws IOException {
        var lines = new ArrayList<String>();
        for (String line = next(); line != null; line = lines.size() < most && in.hasLine() ? next() : null) {
            lines.add(line);
        }
        return lines;
    }

    /** Which line {@link #next} gave last, from 1. */
    int number() { return number; }
}
