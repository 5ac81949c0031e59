package dev.merapi.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A library under test: a JVM with a class path of its own, which runs steps when told and blocks in between.
 *
 * <p>Its folder holds {@code java.args} (JVM options, then the main class) and, once built,
 * {@code target/classpath.txt}.
 */
final class Contender implements AutoCloseable {
    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedReader replies;
    private final String about;
    private final Set<Workload> workloads;

    private Contender(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.replies = process.inputReader(StandardCharsets.UTF_8);
        String[] ready = await("ready").split(" ", 2);
        this.workloads = Arrays.stream(ready[0].split(",")).map(Workload::of).collect(Collectors.toSet());
        this.about = ready[1];
    }

    /**
     * Starts the contender of a folder and waits until it is ready.
     *
     * @throws IllegalStateException if it has not been built, or ends before it is ready
     */
    static Contender start(String name, Path folder, int threads) {
        Path classpath = folder.resolve("target/classpath.txt");
        if (!Files.exists(classpath)) {
            throw new IllegalStateException(
                    name + ": expected " + classpath + ". Build it by: mvn -Pbench package");
        }
        try {
            Path log = folder.resolve("target/bench.log");
            var process = new ProcessBuilder(command(folder, Files.readString(classpath).strip(), threads))
                    .redirectError(log.toFile());
            process.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
            return new Contender(name, log, process.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Path folder, String dependencies, int threads) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dbench.threads=" + threads);
        command.add("-cp");
        command.add(folder.resolve("target/classes") + File.pathSeparator + dependencies);
        command.add("@" + folder.resolve("java.args"));
        return command;
    }

    String name() { return name; }

    /** The library and its engine, with their versions. */
    String about() { return about; }

    boolean runs(Workload workload) { return workloads.contains(workload); }

    /**
     * Runs steps and waits for them.
     *
     * @throws IllegalStateException if a step fails or the process ends
     */
    Turn run(Workload workload, long steps) {
        tell("run " + workload.id() + " " + steps);
        String[] words = await("done").split(" ");
        return new Turn(steps, Long.parseLong(words[0]), Long.parseLong(words[1]), Double.parseDouble(words[2]));
    }

    /** What the process holds now, after a collection of its garbage. */
    Memory memory() {
        tell("memory");
        return Memory.parse(await("memory"));
    }

    private void tell(String line) {
        try {
            var in = process.outputWriter(StandardCharsets.UTF_8);
            in.write(line + "\n");
            in.flush();
        } catch (IOException e) {
            throw new IllegalStateException(name + ": the process ended; see " + log, e);
        }
    }

    /** The processor time that the process has used so far. */
    Duration cpu() { return process.info().totalCpuDuration().orElse(Duration.ZERO); }

    /** The rest of the next line that begins with that word; engines may print other lines. */
    private String await(String word) {
        try {
            for (String line = replies.readLine(); line != null; line = replies.readLine()) {
                if (line.startsWith(word + " ")) return line.substring(word.length() + 1);
                if (line.startsWith("failed ")) {
                    throw new IllegalStateException(name + ": " + line + "; see " + log);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException(name + ": the process ended; see " + log);
    }

    @Override public void close() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (IOException e) {
            process.destroyForcibly();                // the pipe is broken: the process has died already
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
