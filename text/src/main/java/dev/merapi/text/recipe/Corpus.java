package dev.merapi.text.recipe;

import dev.merapi.io.FileErrors;
import dev.merapi.text.data.Austen;
import dev.merapi.text.data.Lines;
import dev.merapi.text.data.TokenFile;
import dev.merapi.text.tokenizer.TextCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A user's running text: a file, a folder of them, or the novels that are inside the library. */
final class Corpus {
    private static final double TRAIN = 0.9; // of the text, from its beginning

    private Corpus() {}

    /**
     * The lines with their ends. Close the stream.
     *
     * @param data a text file, or a folder of {@code .txt} files, which are read by their names; empty for Austen
     */
    static Stream<String> lines(String data) {
        if (data.isEmpty()) return Austen.text().lines().map(line -> line + "\n");
        Path path = Settings.existing("data", data, "a text file, or a folder of .txt files");
        var files = files(path);
        if (files.stream().allMatch(file -> file.toFile().length() == 0)) {
            throw new IllegalArgumentException("data: expected text in " + path + ". Received an empty file.");
        }
        return files.stream().flatMap(Lines::stream).map(line -> line + "\n");
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) return List.of(path);
        try (var entries = Files.list(path)) {
            var files = entries.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
            if (!files.isEmpty()) return files;
        } catch (IOException e) {
            throw FileErrors.reading(path, e);
        }
        throw new IllegalArgumentException("data: expected .txt files in the folder " + path + ". Received none.");
    }

    /**
     * The text as tokens: what to learn from, and the tenth at its end to measure with.
     *
     * @param window tokens that each part must have
     * @param setting which makes the window smaller
     */
    static List<TokenFile> parts(String data, TextCodec codec, int window, String setting) {
        var all = encode(data, codec);
        long least = 10L * window;
        if (all.size() >= least) return all.split(TRAIN);
        throw new IllegalArgumentException("data: expected a text of at least " + least + " tokens, as a tenth of it is"
                + " held out and a window has " + window + ". Received " + all.size() + "; lower " + setting
                + ", or take a longer text.");
    }

    /** The text as tokens, in a file, so that it may be larger than memory. */
    private static TokenFile encode(String data, TextCodec codec) {
        try (var lines = lines(data)) {
            Path file = Files.createTempFile("merapi", ".tokens");
            file.toFile().deleteOnExit();
            TokenFile.write(file, codec, lines);
            return TokenFile.open(file);
        } catch (IOException e) {
            throw FileErrors.writing(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }
}
