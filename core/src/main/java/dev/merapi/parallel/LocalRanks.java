package dev.merapi.parallel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The ranks of a group as processes of this machine, which share its cores: a program started so many times, each with
 * the variables that {@link Rendezvous#ofEnvironment} reads. Rank 0 speaks for all; what the others print goes to
 * files.
 *
 * <pre>{@code
 * var ranks = new LocalRanks(List.of("java", "-cp", "app.jar", "app.Main"), 4, Path.of("logs"));
 * int code = ranks.run(System.err::println);
 * }</pre>
 *
 * When one ends with an error, the others have a few seconds to end by themselves, and are then ended. When this
 * process is told to end, the ranks are too, and waited for.
 *
 * @param command what to start
 * @param count of ranks
 * @param logs a folder for the files {@code rank-1.log}, {@code rank-2.log}, …
 * @param port where the ranks meet; 0 for any that is free
 */
public record LocalRanks(List<String> command, int count, Path logs, int port) {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int LINES = 20; // of a dead rank's output
    private static final Set<Integer> STOPPED = Set.of(130, 143); // as asked for, by Ctrl-C or SIGTERM

    public LocalRanks {
        command = List.copyOf(command);
        if (count < 1) throw new IllegalArgumentException("LocalRanks: expected at least 1 rank. Received " + count);
    }

    /** The ranks meet at any port that is free. */
    public LocalRanks(List<String> command, int count, Path logs) { this(command, count, logs, 0); }

    /** Hears, in lines, what has become of ranks that failed. */
    public interface Report {
        /** Takes a line, without its end. */
        void say(String line);
    }

    /**
     * Starts the ranks and waits for them.
     *
     * @return 0, or the exit code of the first that failed
     * @throws IllegalArgumentException if the port is in use
     * @throws UncheckedIOException if the program cannot be started
     */
    public int run(Report report) {
        int meeting = freePort();
        var processes = new ArrayList<Process>();
        var hook = new Thread(() -> {
            processes.forEach(Process::destroy); // which lets a fit finish its step and save
            processes.forEach(LocalRanks::await);
        }, "merapi-ranks");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            for (int rank = 0; rank < count; rank++) processes.add(start(rank, meeting));
            return await(processes, report);
        } catch (IOException e) {
            throw new UncheckedIOException("LocalRanks: could not start " + command.getFirst() + ": " + e.getMessage(),
                    e);
        } finally {
            processes.forEach(Process::destroyForcibly);
            removeHook(hook);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) { // it runs
        }
    }

    private int freePort() {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalArgumentException("LocalRanks: expected a free port for the ranks to meet at. Received "
                    + port + ": " + e.getMessage() + "; choose another.", e);
        }
    }

    private Process start(int rank, int meeting) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(rank > 0);
        if (rank == 0) {
            builder.inheritIO();
        } else {
            Files.createDirectories(logs);
            builder.redirectOutput(log(rank).toFile());
        }
        var variables = builder.environment();
        variables.putAll(new Rendezvous("127.0.0.1", meeting, rank, count).toEnvironment());
        variables.put("LOCAL_RANK", "" + rank);
        variables.putIfAbsent("OMP_NUM_THREADS", "" + threads(rank, count, Runtime.getRuntime().availableProcessors()));
        variables.putIfAbsent("TORCH_CPP_LOG_LEVEL", "FATAL"); // exceptions say it better
        return builder.start();
    }

    /** A rank's share of the cores; the first ranks get what is left over. */
    static int threads(int rank, int count, int cores) {
        return Math.max(1, cores / count + (rank < cores % count ? 1 : 0));
    }

    private Path log(int rank) { return logs.resolve("rank-" + rank + ".log"); }

    private int await(List<Process> processes, Report report) {
        var all = CompletableFuture.allOf(processes.stream().map(Process::onExit).toArray(CompletableFuture[]::new));
        var failed = new CompletableFuture<Integer>(); // the first
        for (int rank = 0; rank < count; rank++) {
            int number = rank;
            processes.get(rank).onExit().thenAccept(process -> {
                if (process.exitValue() != 0) failed.complete(number);
            });
        }
        try {
            CompletableFuture.anyOf(all, failed).get();
            if (!failed.isDone()) return 0;
            int first = failed.get();
            processes.forEach(process -> await(process, GRACE));
            processes.forEach(Process::destroy);
            processes.forEach(process -> await(process, GRACE));
            int code = processes.get(first).exitValue();
            if (!STOPPED.contains(code)) tell(processes, first, report);
            return code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("LocalRanks: interrupted; the ranks are ended.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Rank 0 has said what it had to say; of the others, the first that failed knows the cause. */
    private void tell(List<Process> processes, int first, Report report) {
        for (int rank = 0; rank < count; rank++) {
            var process = processes.get(rank);
            if (process.isAlive()) report.say("rank " + rank + " did not end by itself, and was ended");
            else if (process.exitValue() != 0) report.say("rank " + rank + " ended with " + meaning(process));
        }
        if (first == 0) return;
        try {
            var lines = Files.readAllLines(log(first));
            report.say("The end of " + log(first) + ":");
            lines.subList(Math.max(0, lines.size() - LINES), lines.size()).forEach(line -> report.say("  " + line));
        } catch (IOException e) {
            report.say("Its output could not be read from " + log(first) + ": " + e.getMessage());
        }
    }

    private static String meaning(Process process) {
        int code = process.exitValue();
        return "exit code " + code + (code > 128 ? ", killed by signal " + (code - 128) : "");
    }

    private static void await(Process process) { await(process, GRACE.multipliedBy(30)); }

    private static void await(Process process, Duration most) {
        try {
            process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
