package dev.merapi;

import com.sun.source.util.JavacTask;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Compiles the Java in README, docs and Javadoc. A block is statements, or declarations that the other blocks of its
 * page see too. What it does not declare itself is a field of {@link Given}, or stands for its page in
 * {@code examples.properties}.
 */
class ExamplesTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern MARKDOWN = Pattern.compile("(?ms)^```java\n(.*?)^```");
    private static final Pattern JAVADOC = Pattern.compile("(?s)<pre>\\{@code\n(.*?)\\}</pre>");
    /** At the beginning of a line: a method, or what may stand among members alone. */
    private static final Pattern MEMBER =
            Pattern.compile("(?m)^(?:(?:static|private|public) |\\w[\\w.<>\\[\\]]* \\w+\\(.*\\{ *$)");
    private static final Pattern COMMENT = Pattern.compile("//.*");
    private static final List<String> MODULES = List.of("core", "vision", "text", "tabular", "plot", "speech",
            "play", "explain", "compress", "protect", "serve", "langchain4j", "paramserver", "cli");

    private static final Properties GIVEN = new Properties();
    private static final TreeSet<String> PACKAGES = new TreeSet<>(); // that users see
    private static final List<Path> PAGES = new ArrayList<>();

    @BeforeAll static void findPages() throws IOException {
        try (var given = Files.newBufferedReader(Path.of("src/test/resources/examples.properties"))) {
            GIVEN.load(given);
        }
        PAGES.addAll(List.of(ROOT.resolve("README.md"), ROOT.resolve("README.zh-CN.md")));
        try (var docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(PAGES::add);
        }
        for (String module : MODULES) {
            try (var files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(PAGES::add);
            }
        }
        PAGES.stream().filter(page -> page.toString().endsWith(".java")).map(ExamplesTest::packageOf)
                .filter(name -> !name.matches("dev.merapi.(internal|cli)")).forEach(PACKAGES::add);
    }

    /** A block of code; {@code line} is where it begins in its file. */
    private record Example(Path file, int line, String imports, String code) {
        boolean inJavadoc() { return file.toString().endsWith(".java"); }

        /** As {@code examples.properties} names it: a path, or a class. */
        String page() {
            return inJavadoc() ? packageOf(file) + "." + file.getFileName().toString().replace(".java", "")
                    : file.toString().replace(File.separatorChar, '/');
        }

        boolean declares() { return MEMBER.matcher(bare()).find() || !inJavadoc() && code.startsWith("record "); }

        String bare() { return COMMENT.matcher(code).replaceAll(""); }
    }

    /** A class around an example, whose code begins in the second line. */
    private static final class Source extends SimpleJavaFileObject {
        private final Example example;
        private final String text;

        Source(Example example, List<Example> page, int number) {
            super(URI.create("string:///Example" + number + ".java"), Kind.SOURCE);
            this.example = example;
            var members = page.stream().filter(other -> other != example && other.declares())
                    .map(other -> other.bare().replace("\n", " "));
            String head = "package dev.merapi; " + imports(example) + "class Example" + number + " extends Given { "
                    + GIVEN.getProperty(example.page(), "")
                    + (example.inJavadoc() ? "" : members.collect(Collectors.joining(" ")));
            this.text = example.declares() ? head + "\n" + example.code + "}"
                    : head + " void run() throws Exception {\n" + example.code + "}}";
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) { return text; }

        String describe(Diagnostic<?> error) {
            return example.file + ":" + (example.line + error.getLineNumber() - 2) + ": "
                    + error.getMessage(Locale.ENGLISH).lines().limit(3).map(String::strip)
                            .collect(Collectors.joining(" "));
        }
    }

    @Test void everyExampleCompiles() throws IOException {
        var sources = new ArrayList<Source>();
        for (Path page : PAGES) {
            var examples = examples(page);
            for (var example : examples) sources.add(new Source(example, examples, sources.size()));
        }
        assertTrue(sources.size() > 100, "found " + sources.size());
        assertEquals("", errors(sources));
    }

    /** A test that cannot fail is none. */
    @Test void anExampleThatDoesNotCompileIsFound() {
        var example = new Example(Path.of("docs/x.md"), 7, "", "var sum = x.add(1);\nsum.frobnicate();\n");
        String errors = errors(List.of(new Source(example, List.of(example), 0)));
        assertTrue(errors.startsWith("docs/x.md:8: cannot find symbol"), errors);
    }

    private static List<Example> examples(Path page) throws IOException {
        String text = Files.readString(page);
        boolean java = page.toString().endsWith(".java");
        var examples = new ArrayList<Example>();
        var blocks = (java ? JAVADOC : MARKDOWN).matcher(text);
        while (blocks.find()) {
            String block = java ? blocks.group(1).replaceAll("(?m)^ *\\*(?: |$)", "") : blocks.group(1);
            if (block.startsWith("./")) continue; // the command
            int line = (int) text.substring(0, blocks.start(1)).lines().count() + 1;
            String imports = block.lines().filter(l -> l.startsWith("import ")).collect(Collectors.joining());
            String code = block.replaceAll("(?m)^import .*$", ""); // the lines stay, for their numbers
            examples.add(new Example(ROOT.relativize(page), line, imports, code));
        }
        return examples;
    }

    /** All packages for users, and that of the class whose Javadoc it is. */
    private static String imports(Example example) {
        var packages = new TreeSet<>(PACKAGES);
        if (example.inJavadoc()) packages.add(packageOf(example.file));
        return packages.stream().map(name -> "import " + name + ".*; ").collect(Collectors.joining())
                + "import java.nio.file.*; import java.util.*; import java.util.concurrent.*; "
                + "import java.util.stream.*; " + example.imports;
    }

    private static String packageOf(Path file) {
        String path = file.getParent().toString().replace(File.separatorChar, '.');
        return path.substring(path.indexOf("dev.merapi"));
    }

    private static String errors(List<Source> sources) {
        var found = new DiagnosticCollector<JavaFileObject>();
        var options = List.of("--release", "25", "-proc:none", "-Xlint:none", "-Xmaxerrs", "1000",
                "-classpath", System.getProperty("java.class.path"));
        var task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, found, options, null, sources);
        try {
            task.analyze(); // all but writing classes
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.getDiagnostics().stream().filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .map(d -> d.getSource() instanceof Source source ? source.describe(d) : d.toString())
                .collect(Collectors.joining("\n"));
    }
}
