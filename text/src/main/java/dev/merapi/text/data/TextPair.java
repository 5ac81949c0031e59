package dev.merapi.text.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        return zip(source, Dataset.of(Lines.read(source)), target, Dataset.of(Lines.read(target)));
    }

    /** As {@link #read(Path, Path)} for files larger than memory, by {@link Lines#open}. */
    public static Dataset<TextPair> open(Path source, Path target) {
        return zip(source, Lines.open(source), target, Lines.open(target));
    }

    private static Dataset<TextPair> zip(Path source, Dataset<String> sources, Path target, Dataset<String> targets) {
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException("%s and %s: expected equally many lines. Received %d and %d; do they"
                    .formatted(source, target, sources.size(), targets.size())
                    + " belong together, or is one cut off?");
        }
        return new Dataset<>() {
            @Override public int size() { return sources.size(); }
            @Override public TextPair get(int index) { return new TextPair(sources.get(index), targets.get(index)); }
        };
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
