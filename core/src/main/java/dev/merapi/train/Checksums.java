package dev.merapi.train;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
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

    /**
     * What is wrong with the folder, if something is.
     *
     * @param expected the files that it must have
     * @throws IOException if a file is there, and the system does not let it be read: that is no damage
     */
    static Optional<String> damage(Path folder, List<String> expected) throws IOException {
        try {
            var sums = new HashMap<String, String>();
            for (String line : Files.readAllLines(folder.resolve(FILE))) {
                var parts = line.split("  ", 2);
                if (parts.length < 2) return Optional.of(FILE + " is cut off");
                sums.put(parts[1], parts[0]);
            }
            var all = new LinkedHashSet<>(expected);
            all.addAll(sums.keySet());
            for (String file : all) {
                if (!sums.containsKey(file)) return Optional.of(FILE + " lacks " + file);
                if (!sum(folder.resolve(file)).equals(sums.get(file))) {
                    return Optional.of(file + " has another checksum");
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.of(Path.of(e.getFile()).getFileName() + " is missing");
        } catch (CharacterCodingException e) {
            return Optional.of(FILE + " is no text");
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
