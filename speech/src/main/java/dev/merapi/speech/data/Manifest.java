package dev.merapi.speech.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.merapi.io.AtomicFiles;
import dev.merapi.tensor.Expect;
import dev.merapi.text.data.Columns;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table of recordings (.csv, .tsv or .jsonl) with the columns {@code path}, {@code text} and, if it has them,
 * {@code duration} in seconds and {@code speaker}. Paths start from the table's folder.
 */
public final class Manifest {
    private Manifest() {}

    /**
     * Reads a table.
     *
     * @throws IllegalArgumentException as {@link Columns#stream}, or for a duration that is no number
     */
    public static SpeechSet read(Path table) {
        var names = Columns.names(table);
        var paths = Columns.read(table, "path", "text");
        var seconds = column(table, names, "duration", paths.size());
        var speakers = column(table, names, "speaker", paths.size());
        Path folder = table.toAbsolutePath().getParent();
        return new SpeechSet(IntStream.range(0, paths.size()).mapToObj(i -> {
            String file = paths.get(i).getFirst();
            return new Utterance(folder.resolve(file), paths.get(i).get(1), duration(table, file, seconds.get(i)),
                    speakers.get(i));
        }).toList(), List.of());
    }

    /** Writes a JSON line for each recording, with absolute paths, that {@link #read} reads: name it .jsonl. */
    public static void write(SpeechSet set, Path table) {
        var out = new StringBuilder();
        for (var utterance : set.utterances()) {
            var row = JsonNodeFactory.instance.objectNode();
            row.put("path", utterance.audio().toAbsolutePath().toString()).put("text", utterance.text());
            row.put("duration", utterance.seconds()).put("speaker", utterance.speaker());
            out.append(row).append('\n');
        }
        AtomicFiles.write(table, out.toString());
    }

    private static List<String> column(Path table, List<String> names, String column, int rows) {
        if (!names.contains(column)) return Collections.nCopies(rows, "");
        return Columns.read(table, column).stream().map(List::getFirst).toList();
    }

    private static double duration(Path table, String file, String text) {
        if (text.isBlank()) return 0;
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw Expect.error(table + ", duration of " + file, "seconds", "\"" + text + "\"");
        }
    }
}
