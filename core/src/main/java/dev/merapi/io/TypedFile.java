package dev.merapi.io;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** What a person typed where a text or the name of a file may stand. */
public final class TypedFile {
    private TypedFile() {}

    /** The file of that name; empty if there is none, or none can be called so. */
    public static Optional<Path> of(String typed) {
        try {
            return Optional.of(Path.of(typed)).filter(Files::isRegularFile);
        } catch (InvalidPathException e) { // as "Why?" on Windows
            return Optional.empty();
        }
    }
}
