package dev.merapi.text.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.LineReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The lines of a file in UTF-8, raw or gzipped, without their ends, which are LF or CR LF; see {@link LineReader}.
 *
 * <p>All methods throw an {@link IllegalArgumentException} that names file and line where a byte is not UTF-8, and an
 * {@link java.io.UncheckedIOException} if the file cannot be read.
 */
public final class Lines {
    private Lines() {}

    /** The lines one by one, for files of any size. Close the stream. */
    public static Stream<String> stream(Path file) {
        return Utf8File.stream(file, (LineReader reader) -> reader::readLine);
    }

    /** All lines. */
    public static List<String> read(Path file) {
        try (var lines = stream(file)) {
            return lines.toList();
        }
    }

    /**
     * The lines in any order, for files larger than memory: the file is mapped and looked through once, and a line is
     * read when it is asked for; in memory are 8 bytes for each. The file must not change meanwhile.
     *
     * @throws IllegalArgumentException (besides the above, which comes from the data set) for a gzipped file
     */
    public static Dataset<String> open(Path file) { return new MappedLines(file); }
}
