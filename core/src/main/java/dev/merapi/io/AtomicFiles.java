package dev.merapi.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are there completely or not at all: written beside under a temporary name, forced to the disk, moved into
 * place. Whatever fails on the way, the file that was there before stays as it was.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** Writes into an open channel. */
    @FunctionalInterface
    public interface Writer {
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file, making its folder if need be.
     *
     * @throws UncheckedIOException saying which file could not be written and why, such as a full disk
     */
    public static void write(Path file, Writer writer) {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp" + ProcessHandle.current().pid());
        try {
            if (file.toAbsolutePath().getParent() != null) Files.createDirectories(file.toAbsolutePath().getParent());
            try (var channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                writer.write(channel);
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write " + file + ": " + reason(e)
                    + ". What was there before is unchanged.", e);
        } finally {
            deleteIfLeft(beside);
        }
    }

    /** Writes text in UTF-8. */
    public static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes. */
    public static void write(Path file, byte[] bytes) {
        write(file, channel -> {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) channel.write(buffer);
        });
    }

    private static void deleteIfLeft(Path beside) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            // the first failure is the one to report
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "no permission"
                : e instanceof FileSystemException f && f.getReason() != null ? f.getReason()
                : String.valueOf(e.getMessage());
    }
}
