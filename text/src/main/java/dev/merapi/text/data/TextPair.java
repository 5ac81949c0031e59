package dev.merapi.text.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Two texts that belong together, such as a sentence and its translation.
 *
 * @param source the text to start from
 * @param target the text to arrive at
 */
public record TextPair(String source, String target) {
    /**
     * The pairs of two files with a pair's texts on the same line of both.
     *
     * @throws IllegalArgumentException if the files have not equally many lines, or are not UTF-8
     * @throws java.io.UncheckedIOException if one cannot be read
     */
    public static Dataset<TextPair> read(Path source, Path target) {
        var sources = Lines.read(source);
        var targets = Lines.read(target);
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException("%s and %s: expected equally many lines. Received %d and %d; do they"
                    .formatted(source, target, sources.size(), targets.size())
                    + " belong together, or is one cut off?");
        }
        return Dataset.of(IntStream.range(0, sources.size())
                .mapToObj(i -> new TextPair(sources.get(i), targets.get(i))).toList());
    }

    /**
     * The pairs of {@code folder/part.from} and {@code folder/part.to}, such as {@code train.de} and {@code train.en};
     * gzipped, their names end with {@code .gz}.
     *
     * @throws IllegalArgumentException as {@link #read(Path, Path)}, or if there is no such file
     */
    public static Dataset<TextPair> read(Path folder, String part, String from, String to) {
        return read(find(folder, part + "." + from), find(folder, part + "." + to));
    }

    private static Path find(Path folder, String name) {
        try (var entries = Files.list(folder)) {
            var names = entries.map(entry -> entry.getFileName().toString()).sorted().toList();
            return Stream.of(name, name + ".gz").filter(names::contains).findFirst().map(folder::resolve)
                    .orElseThrow(() -> new IllegalArgumentException(folder + ": expected a file " + name + " or "
                            + name + ".gz. Received the files " + names + "."));
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }
}
