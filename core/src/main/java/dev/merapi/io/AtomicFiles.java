package dev.merapi.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files that are there completely or not at all: written beside under a temporary name, forced to the disk, moved into
 * place. Whatever fails on the way, the file that was there before stays as it was.
 *
 * <p>The temporary file, {@code <name>.tmp<process id>-<n>}, is deleted after a failure; one that a killed process left
 * is deleted by the next write of the same file. Several threads may write one file: the last to finish wins. A
 * symbolic link is replaced, not followed. A thread that is interrupted while it writes finishes the file first.
 */
public final class AtomicFiles {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final Set<Path> BEING_WRITTEN = ConcurrentHashMap.newKeySet();

    private AtomicFiles() {}

    /** Writes into an open channel; once more from the beginning if an interrupt has closed it. */
    @FunctionalInterface
    public interface Writer {
        /** Writes the whole file, from position 0 on. */
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file, making its folder if need be.
     *
     * @throws UncheckedIOException saying which file could not be written and why, such as a full disk
     */
    public static void write(Path file, Writer writer) { writeAll(new LinkedHashMap<>(Map.of(file, writer))); }

    /** Writes text in UTF-8. */
    public static void write(Path file, String text) { write(file, writer(text)); }

    /** Writes bytes. */
    public static void write(Path file, byte[] bytes) { write(file, writer(bytes)); }

    /**
     * Writes several files: none is moved into place before all are on the disk, and then they are in the map's order.
     * Put the one that names the others last.
     *
     * @throws UncheckedIOException as {@link #write(Path, Writer)}
     */
    public static void writeAll(SequencedMap<Path, Writer> files) {
        var temporaries = new LinkedHashMap<Path, Path>();
        try {
            files.forEach((file, writer) -> stage(file.toAbsolutePath(), writer, temporaries));
            temporaries.forEach(AtomicFiles::move);
        } finally {
            temporaries.values().forEach(AtomicFiles::deleteIfLeft);
        }
    }

    static Writer writer(String text) { return writer(text.getBytes(StandardCharsets.UTF_8)); }

    private static Writer writer(byte[] bytes) { return channel -> drain(ByteBuffer.wrap(bytes), channel); }

    /** Writes all that is left in a buffer. */
    static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        while (buffer.hasRemaining()) channel.write(buffer);
    }

    private static void stage(Path file, Writer writer, Map<Path, Path> temporaries) {
        Path beside = file.resolveSibling(prefix(file) + ProcessHandle.current().pid() + "-"
                + COUNTER.incrementAndGet());
        try {
            Files.createDirectories(file.getParent());
            deleteLeftovers(file);
            BEING_WRITTEN.add(beside);
            temporaries.put(file, beside);
            Interrupts.without(() -> writeForced(beside, writer));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static Path writeForced(Path beside, Writer writer) throws IOException {
        try (var channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            writer.write(channel);
            channel.force(true);
        }
        return beside;
    }

    private static void move(Path file, Path beside) {
        try {
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(file, e);
        }
        try {
            Interrupts.without(() -> forced(file.getParent())); // the move itself
        } catch (IOException e) {
            // Windows opens no folder, and needs not
        }
    }

    private static Path forced(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
        return folder;
    }

    private static UncheckedIOException failed(Path file, IOException e) {
        return new UncheckedIOException("Could not write " + file + ": " + FileErrors.reason(e)
                + ". What was there before is unchanged.", e);
    }

    private static String prefix(Path file) { return file.getFileName() + ".tmp"; }

    private static void deleteLeftovers(Path file) throws IOException {
        try (var leftovers = Files.newDirectoryStream(file.getParent(), f -> isLeftover(f, prefix(file)))) {
            leftovers.forEach(AtomicFiles::deleteIfLeft);
        }
    }

    /** A temporary file whose process is gone, or had this one's id before. */
    private static boolean isLeftover(Path path, String prefix) {
        var name = path.getFileName().toString();
        if (!name.startsWith(prefix) || !name.substring(prefix.length()).matches("\\d{1,9}-\\d+")) return false;
        long process = Long.parseLong(name.substring(prefix.length(), name.lastIndexOf('-')));
        return process == ProcessHandle.current().pid()
                ? !BEING_WRITTEN.contains(path) : ProcessHandle.of(process).isEmpty();
    }

    private static void deleteIfLeft(Path beside) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            // the first failure is the one to report
        }
        BEING_WRITTEN.remove(beside);
    }
}
