package dev.merapi.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Says why a file could not be read or written: several of Java's own messages are the file's name alone. */
public final class FileErrors {
    private FileErrors() {}

    /** "Could not read x.png: there is no such file or folder.". */
    public static UncheckedIOException reading(Path file, IOException cause) {
        boolean folder = cause.getClass() == IOException.class && Files.isDirectory(file);
        return new UncheckedIOException("Could not read " + file + ": "
                + (folder ? "expected a file, received a folder" : reason(cause)) + ".", cause);
    }

    /** "Could not write x.png: No space left on device.". */
    public static UncheckedIOException writing(Path file, IOException cause) {
        return new UncheckedIOException("Could not write " + file + ": " + reason(cause) + ".", cause);
    }

    /**
     * What is made of a file's content.
     *
     * @throws IllegalArgumentException as {@code reading}, but with the file's name
     */
    public static <T> T naming(Path file, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            if (e.getMessage() != null && e.getMessage().contains(file.toString())) throw e;
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** The reason alone. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file or folder";
            case AccessDeniedException _ -> "no permission";
            case NotDirectoryException _ -> "expected a folder, received a file";
            case FileAlreadyExistsException f -> f.getFile() + " is in the way";
            case FileSystemException f -> f.getReason() == null ? f.toString() : f.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
