package dev.merapi.vision.data;

import dev.merapi.io.FileErrors;
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

/** Unpacks gzipped tar archives: what POSIX calls ustar, regular files alone. */
final class Tar {
    private static final int BLOCK = 512;

    private Tar() {}

    /**
     * Puts every file of an archive into one new folder, whatever folder it had in there. The folder appears complete
     * or not at all.
     *
     * @throws IllegalArgumentException if the archive is damaged
     */
    static void unpack(Path archive, Path folder) {
        Path part = folder.resolveSibling(folder.getFileName() + ".part");
        try (var in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)), 1 << 16)) {
            Files.createDirectories(part);
            for (byte[] header = block(in); header[0] != 0; header = block(in)) {
                byte type = header[156];
                byte[] content = in.readNBytes((int) size(header));
                in.skipNBytes(Math.floorMod(-content.length, BLOCK));
                if (type == '0' || type == 0) { // a regular file
                    Path name = Path.of(text(header, 0, 100)).getFileName();
                    Files.write(part.resolve(name), content);
                }
            }
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (ZipException | EOFException | NumberFormatException e) {
            throw new IllegalArgumentException(archive + ": expected a complete tar.gz archive. Received a damaged one"
                    + " (" + e.getMessage() + "). Delete it and get it again.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(archive + ": could not be unpacked into " + folder + ": "
                    + FileErrors.reason(e) + ".", e);
        }
    }

    private static byte[] block(InputStream in) throws IOException {
        byte[] block = in.readNBytes(BLOCK);
        if (block.length < BLOCK) throw new EOFException("the archive is cut off");
        return block;
    }

    private static long size(byte[] header) { return Long.parseLong(text(header, 124, 12).strip(), 8); }

    /** A field of a header, up to its first zero. */
    private static String text(byte[] header, int start, int length) {
        return new String(header, start, length, StandardCharsets.US_ASCII).split("\0", 2)[0];
    }
}
