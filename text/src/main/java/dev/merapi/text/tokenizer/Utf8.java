package dev.merapi.text.tokenizer;

import dev.merapi.io.FileErrors;
import dev.merapi.io.LineReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text files, which are in UTF-8 or refused. */
final class Utf8 {
    private Utf8() {}

    /**
     * The text of a file, without a byte order mark.
     *
     * @throws IllegalArgumentException if it is not UTF-8, naming the first wrong byte
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    static String read(Path file) {
        var bytes = bytes(file);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            throw new IllegalArgumentException("%s: expected text in UTF-8. Received the byte 0x%02X at position %d;"
                    .formatted(file, bytes[in.position()], in.position()) + " save the file as UTF-8.");
        }
        var text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** The lines of a file, which end with LF or CR LF. */
    static List<String> lines(Path file) {
        var reader = new LineReader(new StringReader(read(file)));
        var lines = new ArrayList<String>();
        try {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) lines.add(line);
        } catch (IOException e) {
            throw new AssertionError(e); // of a text in memory
        }
        return lines;
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}
