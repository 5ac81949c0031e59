package dev.merapi.compress;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The card of a model, {@code README.md} in its folder. */
final class ModelCard {
    private static final String FILE = "README.md";

    private ModelCard() {}

    /** Puts a section in, in the place of one of the same title. */
    static void keep(Path folder, String title, String text) {
        Path file = folder.resolve(FILE);
        String old = Files.exists(file) ? read(file) : "# " + folder.toAbsolutePath().getFileName() + "\n";
        String section = "## " + title + "\n\n" + text.strip() + "\n";
        var there = Pattern.compile("(?ms)^## " + Pattern.quote(title) + "\\R.*?(?=^#{1,2} |\\z)").matcher(old);
        String now = there.find() ? there.replaceFirst(Matcher.quoteReplacement(section + "\n"))
                : old.stripTrailing() + "\n\n" + section;
        AtomicFiles.write(file, now.stripTrailing() + "\n");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}
