package dev.merapi.vision.pipeline;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Names of what a command writes into a folder. */
final class Annotated {
    private final Path folder;
    private final Set<Path> taken = new HashSet<>();

    Annotated(String folder) { this.folder = Path.of(folder); }

    /** {@code folder/photo-detected.jpg} for {@code photo.png}, with a number where {@code photo.jpg} came before. */
    Path file(String picture, String what, String extension) {
        String name = Path.of(picture).getFileName().toString();
        int dot = name.lastIndexOf('.');
        String begin = (dot < 1 ? name : name.substring(0, dot)) + "-" + what;
        Path file = folder.resolve(begin + extension).normalize();
        for (int i = 2; !taken.add(file); i++) file = folder.resolve(begin + "-" + i + extension).normalize();
        return file;
    }
}
