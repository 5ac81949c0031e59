package dev.merapi.vision.recipe;

import dev.merapi.tensor.Expect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What recipes say about the folder of the setting {@code data}. */
final class DataFolder {
    private DataFolder() {}

    /** A slip in the path is said at once. */
    static Path existing(String data) {
        Path folder = Path.of(data);
        Expect.that(Files.isDirectory(folder), "data", "a folder that exists", data);
        return folder;
    }

    /** One with a folder for each class, which a recipe cannot do without. */
    static Path given(String data) {
        Expect.that(!data.isEmpty(), "data", "a folder with a folder for each class in it, or train/ and test/ with"
                + " such", "none; add data=<folder>");
        return Path.of(data);
    }

    static void expectTwo(Path folder, List<String> classes) {
        if (classes.size() > 1) return;
        throw Expect.error(folder.toString(), "folders of two classes at least", "one, " + classes.getFirst(),
                "there is nothing to tell it from");
    }

    /** Counts what {@code on_error=skip} has left out. */
    static void sayLeftOut(String what, List<String> skipped) {
        if (skipped.isEmpty()) return;
        System.err.println("Left out " + skipped.size() + " " + what + ", such as " + skipped.getFirst());
    }
}
