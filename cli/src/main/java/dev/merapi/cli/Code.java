package dev.merapi.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** What this process runs, as a number. */
final class Code {
    private static final long LARGE = 20_000_000; // a jar of natives, of which name and size tell enough

    private Code() {}

    /** Follows from all on the class path, wherever it lies. */
    static String hash() {
        var sum = new CRC32();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) add(Path.of(entry), sum);
        return Long.toHexString(sum.getValue());
    }

    private static void add(Path entry, CRC32 sum) {
        if (!Files.exists(entry)) return;
        try (var files = Files.walk(entry)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                long size = Files.size(file);
                sum.update((file.getFileName() + " " + size).getBytes());
                if (size < LARGE) sum.update(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the code in " + entry + ": " + e.getMessage(), e);
        }
    }
}
