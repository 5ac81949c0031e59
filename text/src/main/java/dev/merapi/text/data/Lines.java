package dev.merapi.text.data;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The lines of a file in UTF-8, raw or gzipped, without their ends.
 *
 * <p>Both methods throw an {@link IllegalArgumentException} that names file and line where a byte is not UTF-8, and an
 * {@link java.io.UncheckedIOException} if the file cannot be read.
 */
public final class Lines {
    private Lines() {}

    /** The lines one by one, for files of any size. Close the stream. */
    public static Stream<String> stream(Path file) {
        return Utf8File.stream(file, (BufferedReader reader) -> reader::readLine);
    }

    /** All lines. */
    public static List<String> read(Path file) {
        try (var lines = stream(file)) {
            return lines.toList();
        }
    }
}
