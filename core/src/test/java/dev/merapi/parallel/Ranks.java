package dev.merapi.parallel;

import dev.merapi.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Ranks of a group: threads of this process, or a JVM each. */
public final class Ranks {
    private Ranks() {}

    public interface Work<R> {
        R on(ProcessGroup group) throws Exception;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static List<Rendezvous> meeting(int world, Duration timeout) throws IOException {
        int port = freePort();
        return IntStream.range(0, world).mapToObj(rank ->
                new Rendezvous("127.0.0.1", port, rank, world).timeout(timeout)).toList();
    }

    /** Runs work on threads, a rank each, and gives what each returned or threw. */
    public static <R> List<Future<R>> threads(int world, Duration timeout, Work<R> work) throws Exception {
        var ranks = new ArrayList<Callable<R>>();
        for (var at : meeting(world, timeout)) {
            ranks.add(() -> {
                try (var group = ProcessGroup.join(at)) {
                    return work.on(group);
                }
            });
        }
        return threads(ranks);
    }

    static <R> List<Future<R>> threads(List<Callable<R>> ranks) throws InterruptedException {
        try (var threads = Executors.newFixedThreadPool(ranks.size(), Thread.ofPlatform().factory())) {
            return threads.invokeAll(ranks);
        }
    }

    /** As {@link #threads(int, Duration, Work)}, for work that fails on no rank. */
    public static <R> List<R> all(int world, Work<R> work) throws Exception {
        var results = new ArrayList<R>();
        for (var rank : threads(world, Duration.ofMinutes(1), work)) results.add(rank.get());
        return results;
    }

    /** The message of what a rank threw. */
    static String failure(Future<?> rank) throws InterruptedException {
        try {
            return "no failure, but " + rank.get();
        } catch (ExecutionException e) {
            return e.getCause().getMessage();
        }
    }

    /** Starts a main class in a JVM for each rank. */
    static List<Process> start(int world, Duration timeout, Class<?> main, String... arguments) throws IOException {
        var processes = new ArrayList<Process>();
        for (var at : meeting(world, timeout)) {
            var variables = new HashMap<>(at.toEnvironment());
            variables.put("OMP_NUM_THREADS", "1");
            processes.add(new ChildJvm().with("--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-XX:+UseSerialGC")
                    .withVariables(variables).start(main, arguments));
        }
        return processes;
    }

    /** What each process printed and its exit code, when all have ended. */
    static List<ChildJvm.Result> results(List<Process> processes) throws Exception {
        var readers = processes.stream().map(process -> (Callable<ChildJvm.Result>) () -> {
            var output = new String(process.getInputStream().readAllBytes());
            return new ChildJvm.Result(process.waitFor(), output);
        }).toList();
        var results = new ArrayList<ChildJvm.Result>();
        for (var reader : threads(readers)) results.add(reader.get());
        return results;
    }
}
