package dev.merapi.text.data;

import dev.merapi.io.LineReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Files of words and labels as in CoNLL's tasks: a word on each line, with its columns between spaces or tabs, the word
 * first and the label last; empty lines between sentences. Lines that begin with {@code -DOCSTART-} or {@code #} and a
 * space say nothing of a word (Tjong Kim Sang and De Meulder 2003,
 * <a href="https://aclanthology.org/W03-0419/">W03-0419</a>).
 */
public final class Conll {
    private Conll() {}

    /**
     * The sentences of a file, raw or gzipped.
     *
     * @throws IllegalArgumentException for a line without a label, a file that is not UTF-8, or one without sentences,
     *     with the file and the line
     * @throws java.io.UncheckedIOException if the file cannot be read
     */
    public static List<LabeledWords> read(Path file) {
        try (var sentences = Utf8File.stream(file, in -> sentences(in, file))) {
            var all = sentences.toList();
            if (!all.isEmpty()) return all;
        }
        throw new IllegalArgumentException(file + ": expected words with their labels. Received none.");
    }

    private static Utf8File.Source<LabeledWords> sentences(LineReader in, Path file) {
        var line = new long[1];
        return () -> next(in, file, line);
    }

    /** The next sentence; null at the end. */
    private static LabeledWords next(LineReader in, Path file, long[] line) throws IOException {
        var words = new ArrayList<String>();
        var labels = new ArrayList<String>();
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            line[0]++;
            if (text.startsWith("-DOCSTART-") || text.startsWith("# ")) continue;
            if (text.isBlank()) {
                if (words.isEmpty()) continue;
                break;
            }
            String[] columns = text.strip().split("[ \t]+");
            if (columns.length < 2) {
                throw new IllegalArgumentException(file + ", line " + line[0] + ": expected a word and its label, such"
                        + " as \"Paris B-LOC\". Received \"" + text + "\".");
            }
            words.add(columns[0]);
            labels.add(columns[columns.length - 1]);
        }
        return words.isEmpty() ? null : new LabeledWords(words, labels);
    }
}
