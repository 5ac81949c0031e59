package dev.merapi.vision.pipeline;

import java.nio.file.Path;

/** Names of what commands write. */
final class Annotated {
    private Annotated() {}

    /** {@code folder/photo-detected.jpg} for {@code photo.png}. */
    static Path file(Path folder, String picture, String what, String extension) {
        String name = Path.of(picture).getFileName().toString();
        int dot = name.lastIndexOf('.');
        return folder.resolve((dot < 1 ? name : name.substring(0, dot)) + "-" + what + extension).normalize();
    }
}
