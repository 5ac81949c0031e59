package dev.merapi.io;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads gzipped tar archives: what POSIX calls ustar, regular files alone. */
public final class Tar {
    private static final int BLOCK = 512;

    private Tar() {}

    /** Takes a file of an archive. */
    @FunctionalInterface
    public interface Visitor {
        void visit(String name, byte[] content) throws IOException;
    }

    /**
     * Reads an archive's files in its order, by their names with the folders.
     *
     * @throws IllegalArgumentException if the archive is damaged
     * @throws UncheckedIOException if it cannot be read
     */
    public static void read(Path archive, Visitor visitor) {
        try {
            files(archive, visitor);
        } catch (IOException e) {
            throw FileErrors.reading(archive, e);
        }
    }

    /**
     * Puts every file of an archive into one new folder, whatever folder it had in there. The folder appears complete
     * or not at all.
     *
     * @throws IllegalArgumentException if the archive is damaged
     * @throws UncheckedIOException if it cannot be read, or the folder not be written
     */
    public static void unpack(Path archive, Path folder) {
        Path part = folder.resolveSibling(folder.getFileName() + ".part");
        try {
            Files.createDirectories(part);
            files(archive, (name, content) -> Files.write(part.resolve(Path.of(name).getFileName()), content));
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(archive + ": could not be unpacked into " + folder + ": "
                    + FileErrors.reason(e) + ".", e);
        }
    }

    private static void files(Path archive, Visitor visitor) throws IOException {
        try (var in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)), 1 << 16)) {
            for (byte[] header = block(in); header[0] != 0; header = block(in)) {
                byte type = header[156];
                byte[] content = in.readNBytes((int) size(header));
                in.skipNBytes(Math.floorMod(-content.length, BLOCK));
                if (type == '0' || type == 0) visitor.visit(text(header, 0, 100), content); // a regular file
            }
        } catch (ZipException | EOFException | NumberFormatException e) {
            String reason = e.getMessage() == null ? "it is cut off" : e.getMessage();
            throw new IllegalArgumentException(archive + ": expected a complete tar.gz archive. Received a damaged one"
                    + " (" + reason + "). Delete it and get it again.", e);
        }
    }

    private static byte[] block(InputStream in) throws IOException {
        byte[] block = in.readNBytes(BLOCK);
        if (block.length < BLOCK) throw new EOFException("it is cut off");
        return block;
    }

    private static long size(byte[] header) { return Long.parseLong(text(header, 124, 12).strip(), 8); }

    /** A field of a header, up to its first zero. */
    private static String text(byte[] header, int start, int length) {
        return new String(header, start, length, StandardCharsets.US_ASCII).split("\0", 2)[0];
    }
}
