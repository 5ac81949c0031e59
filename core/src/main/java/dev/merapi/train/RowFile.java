package dev.merapi.train;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A text file that grows line by line; each line is on its way to the disk before the next checkpoint is. */
final class RowFile {
    private static final System.Logger LOG = System.getLogger(RowFile.class.getName());

    private final Path file;
    private BufferedWriter out;

    /** What a line is to a run that is begun or goes on. */
    enum Row {
        /** Written before: it stays. */
        BEFORE,
        /** Written after the checkpoint: it will come again. */
        AFTER,
        /** No line of this file. */
        DAMAGED
    }

    RowFile(Path file) { this.file = file; }

    /**
     * Opens the file to append. Lines that were written before stay as they are. If some are damaged, other than a last
     * one without an end, which a killed process leaves, the whole file is kept beside.
     */
    void open(Function<String, Row> kind) {
        try {
            if (file.getParent() != null) Files.createDirectories(file.getParent());
            // each byte is a character, so that a wrong one is no obstacle, and all can be written as they were
            var text = Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
            var lines = List.of(text.split("\n", -1));
            int complete = lines.size() - 1;
            long sound = lines.stream().limit(complete).map(kind).takeWhile(row -> row != Row.DAMAGED).count();
            if (sound < complete) keepBeside(sound + 1);
            var kept = lines.stream().filter(line -> kind.apply(line) == Row.BEFORE).map(line -> line + "\n")
                    .collect(Collectors.joining());
            AtomicFiles.write(file, kept.getBytes(StandardCharsets.ISO_8859_1));
            out = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw FileErrors.writing(file, e);
        }
    }

    private void keepBeside(long line) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".damaged");
        for (int i = 2; Files.exists(beside); i++) {
            beside = file.resolveSibling(file.getFileName() + ".damaged-" + i);
        }
        Files.copy(file, beside);
        LOG.log(Level.WARNING, "{0}, line {1}, is damaged: the run goes on without such lines, and the file as it was"
                + " is kept as {2}.", file, line, beside);
    }

    boolean isEmpty() {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    void add(String line) {
        try {
            out.write(line + "\n");
            out.flush();
        } catch (IOException e) {
            throw FileErrors.writing(file, e);
        }
    }

    void close() {
        if (out == null) return;
        try {
            out.close();
        } catch (IOException e) {
            throw FileErrors.writing(file, e);
        }
    }
}
