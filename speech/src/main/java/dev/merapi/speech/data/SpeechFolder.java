package dev.merapi.speech.data;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Expect;
import dev.merapi.text.data.Columns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The layouts that corpora of speech come in.
 *
 * <table><caption>What tells them apart</caption>
 * <tr><td>LibriSpeech</td><td>{@code *.trans.txt} files with "id TEXT", beside the {@code .flac} files</td></tr>
 * <tr><td>Common Voice</td><td>{@code train.tsv} and the like, and a folder {@code clips}</td></tr>
 * <tr><td>LJ Speech</td><td>{@code metadata.csv} with "id|text|normalised text", and a folder {@code wavs}</td></tr>
 * <tr><td>Speech Commands</td><td>a folder for each word</td></tr>
 * </table>
 */
public final class SpeechFolder {
    private static final String TRANSCRIPTS = ".trans.txt";

    private SpeechFolder() {}

    /**
     * A table, as {@link Manifest}, or a folder in one of the layouts.
     *
     * @throws IllegalArgumentException if it is neither, or a line of it is damaged
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static SpeechSet read(Path path, BadClip bad) {
        if (!Files.isDirectory(path)) return Manifest.read(path);
        var found = transcripts(path);
        if (!found.isEmpty()) return libriSpeech(found, bad);
        if (Files.exists(path.resolve("metadata.csv"))) return ljSpeech(path, bad);
        if (Files.exists(path.resolve("train.tsv"))) return commonVoice(path, "train");
        var words = words(path);
        if (!words.utterances().isEmpty()) return words;
        throw Expect.error(path.toString(), "a table, or a folder as of LibriSpeech, Common Voice, LJ Speech or Speech"
                + " Commands", "a folder with " + first(path));
    }

    /** The part of the same name, such as {@code test}, where the layout has one. */
    public static Optional<SpeechSet> part(Path folder, String name, BadClip bad) {
        if (Files.exists(folder.resolve(name + ".tsv"))) return Optional.of(commonVoice(folder, name));
        for (String end : List.of(".csv", ".jsonl")) {
            Path table = folder.resolve(name + end);
            if (Files.exists(table)) return Optional.of(Manifest.read(table));
        }
        Path inner = folder.resolve(name);
        return Files.isDirectory(inner) ? Optional.of(read(inner, bad)) : Optional.empty();
    }

    private static List<Path> transcripts(Path folder) {
        try (var files = Files.walk(folder, 4)) {
            return files.filter(file -> file.toString().endsWith(TRANSCRIPTS)).sorted().toList();
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }

    private static SpeechSet libriSpeech(List<Path> transcripts, BadClip bad) {
        var all = new ArrayList<Utterance>();
        var skipped = new ArrayList<String>();
        for (Path file : transcripts) {
            for (String line : lines(file)) {
                int space = line.indexOf(' ');
                Path audio = file.resolveSibling((space < 0 ? line : line.substring(0, space)) + ".flac");
                String text = space < 0 ? "" : line.substring(space + 1).strip().toLowerCase(Locale.ROOT);
                add(new Utterance(audio, text, 0, line.split("-")[0]), file, bad, all, skipped);
            }
        }
        return new SpeechSet(all, skipped);
    }

    private static SpeechSet ljSpeech(Path folder, BadClip bad) {
        var all = new ArrayList<Utterance>();
        var skipped = new ArrayList<String>();
        Path table = folder.resolve("metadata.csv");
        for (String line : lines(table)) {
            String[] parts = line.split("\\|", -1);
            Path audio = folder.resolve("wavs").resolve(parts[0] + ".wav");
            add(new Utterance(audio, parts[parts.length - 1], 0, "lj"), table, bad, all, skipped);
        }
        return new SpeechSet(all, skipped);
    }

    private static SpeechSet commonVoice(Path folder, String part) {
        return new SpeechSet(Columns.read(folder.resolve(part + ".tsv"), "path", "sentence", "client_id").stream()
                .map(row -> new Utterance(folder.resolve("clips").resolve(row.get(0)), row.get(1), 0, row.get(2)))
                .toList(), List.of());
    }

    /** A folder for each word; those that begin with an underscore are noise. */
    private static SpeechSet words(Path folder) {
        var all = new ArrayList<Utterance>();
        try (var folders = Files.list(folder)) {
            for (Path word : folders.filter(Files::isDirectory).sorted().toList()) {
                String name = word.getFileName().toString();
                if (name.startsWith("_")) continue;
                try (var files = Files.list(word)) {
                    files.filter(file -> file.toString().endsWith(".wav")).sorted().forEach(file -> all.add(
                            new Utterance(file, name, 0, file.getFileName().toString().split("_nohash_")[0])));
                }
            }
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
        return new SpeechSet(all, List.of());
    }

    private static void add(Utterance utterance, Path table, BadClip bad, List<Utterance> all, List<String> skipped) {
        String problem = utterance.text().isBlank() ? "a text for " + utterance.audio().getFileName() + ". Received"
                + " none." : Files.exists(utterance.audio()) ? null : "the recording " + utterance.audio()
                + ". Received no such file.";
        if (problem == null) {
            all.add(utterance);
        } else if (bad == BadClip.SKIP) {
            skipped.add(table + ": expected " + problem);
        } else {
            throw new IllegalArgumentException(table + ": expected " + problem);
        }
    }

    static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private static String first(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().findFirst().orElse("nothing");
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }
}
