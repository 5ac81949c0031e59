package dev.merapi.text.recipe;

import dev.merapi.ChildJvm;
import dev.merapi.parallel.Compression;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.LocalRanks;
import dev.merapi.parallel.LocalUpdates;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Rendezvous;
import dev.merapi.recipe.Recipes;
import dev.merapi.train.Run;
import dev.merapi.train.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Two ranks train a small GPT on Jane Austen's novels: by the gradients of every step, and each by itself, meeting
 * every 32 steps. What travels is counted by the loopback device of a network namespace, headers and agreements
 * included.
 */
@Tag("proof")
@EnabledOnOs(OS.LINUX)
class DilocoProofTest {
    /** The paper's momentum of 0.9 is much for so few meetings. */
    private static final LocalUpdates.Options OUTER =
            new LocalUpdates.Options(32, 0.8, 0.7).compression(Compression.bfloat16());
    private static final String[] SETTINGS = {"max_length=32", "layers=3", "heads=4", "width=96", "batch_size=8",
        "epochs=1", "steps_per_epoch=3000", "learning_rate=3e-3"}; // 1,500 of each rank

    @TempDir Path folder;

    /** A rank. Arguments: how ranks go together, and a file for loss and bytes. */
    static final class Training {
        public static void main(String[] args) throws IOException {
            if (!Rendezvous.isInEnvironment()) {
                var command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-XX:+UseSerialGC", "-cp",
                        System.getProperty("java.class.path"), Training.class.getName()));
                command.addAll(List.of(args));
                System.exit(new LocalRanks(command, 2, Path.of(args[1]).resolveSibling("logs")).run(IO::println));
            }
            try (var group = ProcessGroup.join(Rendezvous.ofEnvironment());
                    var synchronous = DataParallel.of(group);
                    var local = LocalUpdates.of(group, OUTER);
                    var job = Recipes.named("language-modelling").job(SETTINGS)) {
                group.barrier();
                long before = sent();
                Strategy strategy = args[0].equals("diloco") ? local : synchronous;
                job.trainer().strategy(strategy);
                Run run = job.fit();
                long bytes = sent() - before;
                if (group.rank() == 0) {
                    Files.writeString(Path.of(args[1]), run.last().value("loss") + " " + bytes);
                }
            }
        }

        /** By all that use this namespace's loopback device. */
        private static long sent() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/net/dev")).stream().map(String::strip)
                    .filter(line -> line.startsWith("lo:")).mapToLong(line -> Long.parseLong(line.split("\\s+")[9]))
                    .findFirst().orElseThrow();
        }
    }

    private record Left(double loss, double bytes) { }

    private Left train(String how) throws Exception {
        Path figures = folder.resolve(how);
        var jvm = new ChildJvm();
        String java = System.getProperty("java.home") + "/bin/java";
        String path = String.join(":", jvm.classPath().stream().map(Object::toString).toList());
        var process = new ProcessBuilder("unshare", "-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", "env",
                "OMP_NUM_THREADS=1", java, "--enable-native-access=ALL-UNNAMED", "-cp", path, Training.class.getName(),
                how, figures.toString()).redirectErrorStream(true).start();
        try {
            var said = new String(process.getInputStream().readAllBytes());
            process.waitFor();
            assertTrue(Files.exists(figures), said);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String[] numbers = Files.readString(figures).split(" ");
        return new Left(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
    }

    private static boolean namespaces() throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "-n", "ip", "link", "set", "lo", "up").start()
                    .waitFor() == 0;
        } catch (IOException e) { // no program of this name
            return false;
        }
    }

    @Test void itLearnsAsMuchWithAFiftiethOfTheTraffic() throws Exception {
        assumeTrue(namespaces(), "a network namespace needs root, unshare and iproute2");
        var synchronous = train("synchronous");
        var diloco = train("diloco");
        IO.println("synchronous: loss %.4f, %.1f MB; DiLoCo: loss %.4f, %.2f MB: %.0f times less".formatted(
                synchronous.loss, synchronous.bytes / 1e6, diloco.loss, diloco.bytes / 1e6,
                synchronous.bytes / diloco.bytes));
        assertTrue(synchronous.loss < 2, "it can be learnt: " + synchronous.loss);
        assertTrue(diloco.loss <= 1.01 * synchronous.loss, diloco.loss + " instead of " + synchronous.loss);
        assertTrue(diloco.bytes * 50 <= synchronous.bytes, diloco.bytes + " of " + synchronous.bytes);
    }
}
