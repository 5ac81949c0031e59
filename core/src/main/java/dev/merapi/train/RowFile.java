package dev.merapi.train;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Predicate;

/** A text file that grows line by line; each line is on its way to the disk before the next checkpoint is. */
final class RowFile {
    private final Path file;
    private BufferedWriter out;

    RowFile(Path file) { this.file = file; }

    /** Opens the file to append; lines that are already there stay if they pass {@code keep}. */
    void open(Predicate<String> keep) {
        try {
            if (file.getParent() != null) Files.createDirectories(file.getParent());
            var kept = new StringBuilder();
            if (Files.exists(file)) {
                Files.readAllLines(file).stream().filter(keep).forEach(line -> kept.append(line).append('\n'));
            }
            AtomicFiles.write(file, kept.toString());
            out = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw FileErrors.writing(file, e);
        }
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
