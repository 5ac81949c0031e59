package dev.merapi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** The two rules on source files, in every module, that neither javac nor Spotless checks. */
class SourceStyleTest {
    private static final int WIDTH = 120;
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);$");

    @Test void linesAreAtMost120ColumnsWide() throws IOException {
        assertEquals(List.of(), complaints(SourceStyleTest::wideLines));
    }

    @Test void everyImportIsUsed() throws IOException {
        assertEquals(List.of(), complaints(SourceStyleTest::unusedImports));
    }

    @Test void aWideLineAndAnUnusedImportAreFound() {
        assertEquals(List.of("line 2 has 121 columns"),
                wideLines("a\n" + "b".repeat(121) + "\n" + "c".repeat(120)));
        assertEquals(List.of("unused import of List"),
                unusedImports("import java.util.List;\nimport java.util.Set;\nSet<String> names; // Listed"));
    }

    private static List<String> complaints(Function<String, List<String>> rule) throws IOException {
        var complaints = new ArrayList<String>();
        var root = root();
        var sources = sources(root);
        assertFalse(sources.isEmpty(), "no source files found below " + root);
        for (var source : sources) {
            var where = root.relativize(source) + ": ";
            rule.apply(Files.readString(source)).forEach(what -> complaints.add(where + what));
        }
        return complaints;
    }

    private static List<String> wideLines(String code) {
        var wide = new ArrayList<String>();
        var lines = code.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            int columns = lines.get(i).length();
            if (columns > WIDTH) wide.add("line " + (i + 1) + " has " + columns + " columns");
        }
        return wide;
    }

    /** A name that stands in a comment alone counts as used: Javadoc links to it. */
    private static List<String> unusedImports(String code) {
        var rest = IMPORT.matcher(code).replaceAll("");
        return IMPORT.matcher(code).results().map(m -> m.group(1))
                .filter(name -> !Pattern.compile("\\b" + name + "\\b").matcher(rest).find())
                .map(name -> "unused import of " + name).toList();
    }

    private static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("LICENSE"))) folder = folder.getParent();
        return folder;
    }

    private static List<Path> sources(Path root) throws IOException {
        var sources = new ArrayList<Path>();
        try (var modules = Files.newDirectoryStream(root, f -> Files.exists(f.resolve("pom.xml")))) {
            for (var module : modules) {
                try (var files = Files.walk(module)) {
                    files.filter(SourceStyleTest::isSource).forEach(sources::add);
                }
            }
        }
        return sources;
    }

    private static boolean isSource(Path file) {
        var name = file.toString();
        return name.endsWith(".java") && name.contains("src") && !name.contains("target");
    }
}
