package dev.merapi.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The card of a model, {@code README.md} in its folder. What others wrote in it stays. */
public final class ModelCard {
    private static final String FILE = "README.md";

    private ModelCard() {}

    /**
     * Puts a section in, in the place of one of the same title; makes the card if there is none.
     *
     * @param text Markdown below the title
     * @throws java.io.UncheckedIOException if the card cannot be read or written
     */
    public static void keep(Path folder, String title, String text) {
        Path file = folder.resolve(FILE);
        String old = Files.exists(file) ? read(file) : begun(folder);
        String section = "## " + title + "\n\n" + text.strip() + "\n";
        var there = Pattern.compile("(?ms)^## " + Pattern.quote(title) + "\\R.*?(?=^#{1,2} |\\z)").matcher(old);
        String now = there.find() ? there.replaceFirst(Matcher.quoteReplacement(section + "\n"))
                : old.stripTrailing() + "\n\n" + section;
        AtomicFiles.write(file, now.stripTrailing() + "\n");
    }

    private static String begun(Path folder) {
        return "---\nlibrary_name: merapi\n---\n# " + folder.toAbsolutePath().getFileName() + "\n";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}
