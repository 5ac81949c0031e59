package dev.merapi.cli;

import dev.merapi.io.LineReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

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

    /** Which line {@link #next} gave, from 1. */
    int number() { return number; }
}
