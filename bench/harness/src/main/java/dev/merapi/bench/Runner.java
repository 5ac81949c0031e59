package dev.merapi.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The contender's side of the line protocol.
 *
 * <pre>
 * contender  ready cifar-cnn,tiny-add DJL 0.35.1, libtorch 2.7.1
 * harness    run cifar-cnn 20
 * contender  done 712345678 1380000000 2.29 nanoseconds of all 20 steps, of all processors, loss of the last
 * contender  failed OutOfMemoryError: …     instead, when a step throws
 * harness    memory
 * contender  memory 512000000 8123456       bytes: resident, and of the heap after a collection
 * </pre>
 *
 * The end of input ends the contender.
 */
public final class Runner {
    private static final OperatingSystemMXBean OS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Runner() {}

    /** The number of threads that the engine may use. */
    public static int threads() { return Integer.getInteger("bench.threads"); }

    /**
     * Serves until the harness closes the pipe. A workload is made at its first run, outside the
     * measured time.
     *
     * @param about the library and its engine with their versions
     */
    public static void serve(String about, Map<Workload, Supplier<Step>> workloads) {
        PrintStream out = System.out;
        System.setOut(System.err);                    // whatever the engine prints stays out of the protocol
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var steps = new EnumMap<Workload, Step>(Workload.class);
        out.println("ready " + ids(workloads.keySet()) + " " + about);
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                out.println(switch (words[0]) {
                    case "run" -> run(() -> steps.computeIfAbsent(Workload.of(words[1]),
                            workload -> workloads.get(workload).get()), Long.parseLong(words[2]));
                    case "memory" -> Memory.ofThisProcess();
                    default -> throw new IllegalArgumentException("Runner: expected run or memory. Received " + line);
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ids(Set<Workload> workloads) {
        return workloads.stream().map(Workload::id).sorted().collect(Collectors.joining(","));
    }

    private static String run(Supplier<Step> workload, long steps) {
        try {
            return time(workload.get(), steps);
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            e.printStackTrace();
            return "failed " + e.toString().lines().findFirst().orElse("");
        }
    }

    private static String time(Step step, long steps) {
        double loss = Double.NaN;
        long start = System.nanoTime();
        long cpuStart = OS.getProcessCpuTime();
        for (long i = 0; i < steps; i++) loss = step.run();
        return "done " + (System.nanoTime() - start) + " " + (OS.getProcessCpuTime() - cpuStart) + " " + loss;
    }
}
