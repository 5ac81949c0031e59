package dev.merapi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own: for flags, variables and crashes. */
public record ChildJvm(List<String> options, List<Path> classPath, Map<String, String> environment, Path directory) {
    /** The test's own class path and directory, without any option. */
    public ChildJvm() { this(List.of(), ownClassPath(), Map.of(), Path.of("").toAbsolutePath()); }

    /** What a child left behind: its exit code, and what it printed on both streams. */
    public record Result(int exitCode, String output) {}

    public ChildJvm with(String... more) {
        return new ChildJvm(append(options, more), classPath, environment, directory);
    }

    public ChildJvm withoutJars(String word) {
        var rest = classPath.stream().filter(p -> !p.toString().contains(word)).toList();
        return new ChildJvm(options, rest, environment, directory);
    }

    /** The same with something more on the class path. */
    public ChildJvm withPath(Path more) {
        var all = new ArrayList<>(classPath);
        all.add(more);
        return new ChildJvm(options, all, environment, directory);
    }

    public ChildJvm withVariable(String name, String value) { return withVariables(Map.of(name, value)); }

    public ChildJvm withVariables(Map<String, String> variables) {
        return new ChildJvm(options, classPath, Map.copyOf(variables), directory);
    }

    /** The same that looks for relative paths elsewhere. */
    public ChildJvm in(Path folder) { return new ChildJvm(options, classPath, environment, folder); }

    public Result run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        var child = start(main, arguments);
        var output = new String(child.getInputStream().readAllBytes());
        if (!child.waitFor(5, TimeUnit.MINUTES)) child.destroyForcibly();
        return new Result(child.waitFor(), output);
    }

    public Process start(Class<?> main, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(System.getProperty("path.separator"),
                classPath.stream().map(entry -> entry.toAbsolutePath().toString()).toList()), main.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static List<Path> ownClassPath() {
        // Surefire may pass the class path in the manifest of a jar, and the real one in this property.
        var path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(path.split(System.getProperty("path.separator"))).stream().map(Path::of).toList();
    }

    private static List<String> append(List<String> list, String... more) {
        var all = new ArrayList<>(list);
        all.addAll(List.of(more));
        return all;
    }
}
