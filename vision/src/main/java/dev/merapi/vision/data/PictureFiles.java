package dev.merapi.vision.data;

import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds files of pictures, and what belongs to them. */
public final class PictureFiles {
    /** Of the formats that {@code Image.read} knows. */
    static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff");

    private PictureFiles() {}

    /** All pictures below a folder, by name; hidden ones are passed over. */
    public static List<Path> below(Path folder) {
        return files(folder, EXTENSIONS);
    }

    /** All files below a folder with one of some extensions, by name. */
    static List<Path> files(Path folder, Set<String> extensions) {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(".")
                    && extensions.contains(extension(file)) && Files.isRegularFile(file)).sorted().toList();
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }

    /** The picture of a name without extension in a folder, or null. */
    static Path named(Path folder, String stem) {
        for (String extension : EXTENSIONS.stream().sorted().toList()) {
            for (String written : List.of(extension, extension.toUpperCase(Locale.ROOT))) {
                Path file = folder.resolve(stem + "." + written);
                if (Files.isRegularFile(file)) return file;
            }
        }
        return null;
    }

    /** A text's lines. */
    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": expected text in UTF-8. Received other bytes.", e);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** The names in a list, a line each; lists of Pascal VOC for one class have a second word. */
    static List<String> names(Path list) {
        return lines(list).stream().map(String::strip).filter(line -> !line.isEmpty())
                .map(line -> line.split("\\s+")[0]).toList();
    }

    static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** The name without extension. */
    static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 1 ? name : name.substring(0, dot);
    }
}
