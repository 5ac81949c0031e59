package dev.merapi.train;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** {@code SHA256SUMS}: tells a whole folder of files from a damaged one; {@code sha256sum -c} reads it too. */
final class Checksums {
    private static final String FILE = "SHA256SUMS";

    private Checksums() {}

    /** Sums all files of a folder. */
    static void write(Path folder) throws IOException {
        var lines = new ArrayList<String>();
        for (Path file : files(folder)) lines.add(sum(file) + "  " + file.getFileName());
        Files.write(folder.resolve(FILE), lines);
    }

    /** What is wrong with the folder, if something is. */
    static Optional<String> damage(Path folder) {
        try {
            var lines = Files.readAllLines(folder.resolve(FILE));
            if (lines.isEmpty()) return Optional.of(FILE + " is empty");
            for (String line : lines) {
                var parts = line.split("  ", 2);
                if (parts.length < 2) return Optional.of(FILE + " is cut off");
                if (!sum(folder.resolve(parts[1])).equals(parts[0])) {
                    return Optional.of(parts[1] + " has another checksum");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.toString());
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> !file.endsWith(FILE)).sorted().toList();
        }
    }

    private static String sum(Path file) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e)); // every Java has SHA-256
        }
    }
}
