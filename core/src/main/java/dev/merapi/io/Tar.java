package dev.merapi.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.ZipException;

/** Reads gzipped tar archives: POSIX's ustar and pax, and GNU's long names; regular files alone. */
public final class Tar {
    private static final int BLOCK = 512;
    private static final int LARGEST = 1 << 30; // of a file that is handed over as one array
    private static final int LARGEST_NAME = 1 << 16;

    private Tar() {}

    /** Takes a file of an archive. */
    @FunctionalInterface
    public interface Visitor {
        /** Takes one file: its path in the archive and its bytes. */
        void visit(String name, byte[] content) throws IOException;
    }

    /** Takes a file's content as it is read. */
    private interface Receiver {
        void receive(String name, InputStream content, long size) throws IOException;
    }

    /**
     * Reads an archive's files in its order, by their names with the folders. What is damaged may be found out only
     * after the last one.
     *
     * @throws IllegalArgumentException if the archive is damaged, or a file in it larger than 1 GiB
     * @throws UncheckedIOException if it cannot be read
     */
    public static void read(Path archive, Visitor visitor) {
        try {
            files(archive, (name, content, size) -> {
                if (size > LARGEST) throw new ZipException(name + " has " + size + " bytes, expected 1 GiB at most");
                visitor.visit(name, content.readAllBytes());
            });
        } catch (IOException e) {
            throw FileErrors.reading(archive, e);
        }
    }

    /**
     * Puts every file of an archive into one new folder, whatever folder it had in there. The folder appears when all
     * of the archive was read and found whole, or not at all.
     *
     * @throws IllegalArgumentException if the archive is damaged, or two files have one name
     * @throws UncheckedIOException if it cannot be read, or the folder not be written
     */
    public static void unpack(Path archive, Path folder) {
        Path target = folder.toAbsolutePath();
        try {
            Path beside = Files.createTempDirectory(Files.createDirectories(target.getParent()),
                    target.getFileName() + ".part");
            try {
                files(archive, (name, content, _) -> write(content, beside.resolve(lastPart(name))));
                move(beside, target);
            } finally {
                Folders.delete(beside);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(archive + ": could not be unpacked into " + folder + ": "
                    + FileErrors.reason(e) + ".", e);
        }
    }

    private static void write(InputStream content, Path file) throws IOException {
        try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            content.transferTo(out);
        } catch (FileAlreadyExistsException e) {
            throw new ZipException("a second " + file.getFileName());
        }
    }

    private static void move(Path beside, Path target) throws IOException {
        try {
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) throw e; // else another process was faster
        }
    }

    private static String lastPart(String name) throws ZipException {
        String last = name.substring(name.lastIndexOf('/') + 1);
        if (last.equals(".") || last.equals("..") || last.matches(".*[\\\\:\\p{Cntrl}].*")) {
            throw new ZipException("a file of the name " + name);
        }
        return last;
    }

    private static void files(Path archive, Receiver receiver) throws IOException {
        try (var in = new GzipMembers(Files.newInputStream(archive), 1 << 16)) {
            String longName = null; // of the next file
            for (byte[] header = block(in); !isEnd(header); header = block(in)) {
                expectChecksum(header);
                long size = size(header);
                var content = new Content(in, size);
                String name = longName != null ? longName : name(header);
                longName = null;
                switch (header[156]) {
                    case 'L' -> longName = text(nameBlock(content, size), 0, (int) size);
                    case 'x' -> longName = paxPath(nameBlock(content, size));
                    case '0', 0 -> {
                        if (!name.endsWith("/")) receiver.receive(name, content, size);
                    }
                    default -> { } // folders, links, devices
                }
                content.skipRest();
                in.skipNBytes(Math.floorMod(-size, BLOCK));
            }
            in.transferTo(OutputStream.nullOutputStream()); // to the checksum
        } catch (ZipException | EOFException e) {
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

    private static boolean isEnd(byte[] block) { return Arrays.equals(block, new byte[BLOCK]); }

    /** The sum of a header's bytes, its own field taken as spaces; some old programs took bytes as signed. */
    private static void expectChecksum(byte[] header) throws ZipException {
        int unsigned = 0, signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte b = i >= 148 && i < 156 ? (byte) ' ' : header[i];
            unsigned += b & 0xFF;
            signed += b;
        }
        String octal = text(header, 148, 8).strip();
        int sum = octal.matches("[0-7]{1,7}") ? Integer.parseInt(octal, 8) : -1;
        if (sum != unsigned && sum != signed) throw new ZipException("a header whose checksum is wrong");
    }

    private static long size(byte[] header) throws ZipException {
        String octal = text(header, 124, 12).strip();
        if (octal.matches("[0-7]{1,12}")) return Long.parseLong(octal, 8);
        throw new ZipException("a file of the size \"" + octal + "\"");
    }

    private static String name(byte[] header) {
        boolean prefixed = text(header, 257, 6).equals("ustar") && header[345] != 0;
        return (prefixed ? text(header, 345, 155) + "/" : "") + text(header, 0, 100);
    }

    private static byte[] nameBlock(Content content, long size) throws IOException {
        if (size > LARGEST_NAME) throw new ZipException("a name of " + size + " bytes");
        return content.readAllBytes();
    }

    /** The path among pax records, each "length key=value" and a line's end; null where there is none. */
    private static String paxPath(byte[] records) throws ZipException {
        String path = null;
        for (int at = 0, end; at < records.length; at = end) {
            int space = at;
            while (space < records.length && records[space] != ' ') space++;
            String length = text(records, at, space - at);
            end = length.matches("[0-9]{1,5}") ? at + Integer.parseInt(length) : 0;
            if (end <= space + 1 || end > records.length) throw new ZipException("a damaged pax header");
            var record = new String(records, space + 1, end - space - 2, StandardCharsets.UTF_8);
            if (record.startsWith("path=")) path = record.substring("path=".length());
            if (record.startsWith("size=")) throw new ZipException("a file of more than 8 GiB");
        }
        return path;
    }

    /** A field of a header, up to its first zero. */
    private static String text(byte[] header, int start, int length) {
        return new String(header, start, length, StandardCharsets.UTF_8).split("\0", 2)[0];
    }

    /** The bytes of one file; memory is taken as they come, not as the header says. */
    private static final class Content extends InputStream {
        private final InputStream in;
        private long left;

        Content(InputStream in, long size) {
            this.in = in;
            left = size;
        }

        @Override public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override public int read(byte[] target, int start, int length) throws IOException {
            if (left == 0) return -1;
            int n = in.read(target, start, (int) Math.min(left, length));
            if (n < 0) throw new EOFException("it is cut off");
            left -= n;
            return n;
        }

        void skipRest() throws IOException { transferTo(OutputStream.nullOutputStream()); }
    }
}
