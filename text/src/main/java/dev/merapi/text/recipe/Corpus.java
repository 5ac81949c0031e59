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

    private final String data;
    private final String test;
    private final TextCodec codec;
    private final int window;
    private List<TokenFile> parts; // where the data is both; encoded when one is asked for

    /**
     * @param data what to learn from
     * @param test what to measure with; empty for the tenth at the end of the data
     * @param window tokens that each must have, max_length or so
     */
    Corpus(String data, String test, TextCodec codec, int window) {
        this.data = data;
        this.test = test;
        this.codec = codec;
        this.window = window;
    }

    /** The tokens to learn from. */
    TokenFile train() { return test.isEmpty() ? parts().getFirst() : whole("data", data); }

    /** The tokens to measure with. */
    TokenFile test() { return test.isEmpty() ? parts().getLast() : whole("test", test); }

    private List<TokenFile> parts() {
        if (parts != null) return parts;
        var all = encode("data", data);
        check("data", all, 10L * window, ", as a tenth of it is held out and a window has " + window);
        parts = all.split(TRAIN);
        return parts;
    }

    private TokenFile whole(String setting, String value) {
        var all = encode(setting, value);
        check(setting, all, window, ", a window");
        return all;
    }

    private static void check(String setting, TokenFile text, long least, String why) {
        if (text.size() >= least) return;
        throw new IllegalArgumentException(setting + ": expected a text of at least " + least + " tokens" + why
                + ". Received " + text.size() + "; lower max_length, or take a longer text.");
    }

    /**
     * The lines with their ends. Close the stream.
     *
     * @param data a text file, or a folder of {@code .txt} files, which are read by their names; empty for Austen
     */
    static Stream<String> lines(String data) { return lines("data", data); }

    private static Stream<String> lines(String setting, String data) {
        if (data.isEmpty()) return Austen.text().lines().map(line -> line + "\n");
        Path path = Settings.existing(setting, data, "a text file, or a folder of .txt files");
        var files = files(setting, path);
        if (files.stream().allMatch(file -> file.toFile().length() == 0)) {
            throw new IllegalArgumentException(setting + ": expected text in " + path + ". Received an empty file.");
        }
        return files.stream().flatMap(Lines::stream).map(line -> line + "\n");
    }

    private static List<Path> files(String setting, Path path) {
        if (!Files.isDirectory(path)) return List.of(path);
        try (var entries = Files.list(path)) {
            var files = entries.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
            if (!files.isEmpty()) return files;
        } catch (IOException e) {
            throw FileErrors.reading(path, e);
        }
        throw new IllegalArgumentException(setting + ": expected .txt files in the folder " + path
                + ". Received none.");
    }

    /** The text as tokens, in a file, so that it may be larger than memory. */
    private TokenFile encode(String setting, String data) {
        try (var lines = lines(setting, data)) {
            Path file = Files.createTempFile("merapi", ".tokens");
            file.toFile().deleteOnExit();
            TokenFile.write(file, codec, lines);
            return TokenFile.open(file);
        } catch (IOException e) {
            throw FileErrors.writing(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }
}
