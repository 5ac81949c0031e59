package dev.merapi.speech.data;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Gzip;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The prompts of a telephone exchange: a list of "name: text", gzipped or not, as of Asterisk's core sounds, and a
 * folder with {@code name.wav}. Lines that begin with a semicolon are notes; texts in brackets are no speech, and
 * figures are spelt as {@link Numerals} does. Names without a recording, or without words, are left out.
 */
public final class Prompts {
    private Prompts() {}

    /** @throws java.io.UncheckedIOException if the list cannot be read */
    public static SpeechSet read(Path list, Path folder) {
        var all = new ArrayList<Utterance>();
        var skipped = new ArrayList<String>();
        for (String line : lines(list)) {
            int colon = line.indexOf(':');
            if (colon < 0 || line.startsWith(";")) continue;
            Path audio = folder.resolve(line.substring(0, colon).strip() + ".wav");
            String text = said(line.substring(colon + 1));
            if (text.isEmpty()) skipped.add(audio + ": expected words. Received \"" + line.substring(colon + 1).strip()
                    + "\".");
            else if (!Files.exists(audio)) skipped.add(audio + ": expected a recording. Received no such file.");
            else all.add(new Utterance(audio, text, 0, folder.getFileName().toString()));
        }
        return new SpeechSet(all, skipped);
    }

    /** What is said, of a text with notes. */
    static String said(String text) {
        return Numerals.spell(text.replaceAll("\\[[^]]*]|\\([^)]*\\)|<[^>]*>", " ")).strip().replaceAll("\\s+", " ");
    }

    private static List<String> lines(Path list) {
        try (var in = new BufferedReader(new InputStreamReader(Gzip.unzipped(Files.newInputStream(list)),
                StandardCharsets.UTF_8))) {
            return in.lines().toList();
        } catch (IOException e) {
            throw FileErrors.reading(list, e);
        }
    }
}
