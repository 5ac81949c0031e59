package dev.merapi.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Sequential;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A run that dies and is resumed ends where one left alone ends: in every bit, dropout and augmentation on. */
class ResumeTest {
    private static final int STEPS_PER_EPOCH = 19;

    @TempDir Path temp;

    private static Trainer<?> fit(Sequential model, Path folder, Listener listener) {
        var trainer = Blobs.trainer(model).epochs(3).clipNorm(1).ema(0.9)
                .schedule(step -> 1 / (1 + 0.01 * step)).checkpoints(folder, 3).checkpointEvery(4).resume()
                .listen(listener, new CsvLog(folder.resolve("log.csv")));
        trainer.fit(Blobs.train(600, 32).workers(2), Blobs.test());
        return trainer;
    }

    /** Trains in a process of its own, which says each step and waits a little. */
    public static final class Child {
        static void main(String[] args) {
            fit(Blobs.model(), Path.of(args[0]), new Listener() {
                @Override public void step(Step step) {
                    System.out.println("step " + step.step());
                    if (args.length > 1 && step.step() >= Long.parseLong(args[1])) sleep(60_000);
                    sleep(5);
                }
            });
            System.out.println("done");
        }

        private static void sleep(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A child and what it says. */
    private record Running(Process process, BufferedReader out) {
        static Running start(String... arguments) throws IOException {
            var command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    Child.class.getName()));
            command.addAll(List.of(arguments));
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new Running(process, process.inputReader());
        }

        /** Reads until a line comes, and returns what was said. */
        List<String> until(String line) throws IOException {
            var said = new ArrayList<String>();
            for (var next = out.readLine(); next != null; next = out.readLine()) {
                said.add(next);
                if (next.equals(line)) return said;
            }
            throw new AssertionError("expected " + line + ", the process said " + String.join("\n", said));
        }

        void kill() throws InterruptedException { process.destroyForcibly().waitFor(); } // SIGKILL
    }

    @Test void aKilledRunResumesToTheSameBits() throws Exception {
        var undisturbed = Blobs.model();
        fit(undisturbed, temp.resolve("a"), new Listener() { });

        var folder = temp.resolve("b");
        var first = Running.start(folder.toString(), "26"); // in the second epoch, two steps after a checkpoint
        first.until("step 26");
        first.kill();
        var second = Running.start(folder.toString());
        assertEquals("step 25", second.until("step 41").getFirst());
        second.kill(); // at any place: in a step, or in a checkpoint's writing
        var resumed = Blobs.model();
        fit(resumed, folder, new Listener() { });

        undisturbed.tensors().forEach((name, tensor) ->
                assertArrayEquals(tensor.toFloats(), resumed.tensors().get(name).toFloats(), name));
        assertEquals(rows(temp.resolve("a")), rows(folder));
        assertEquals(3 * STEPS_PER_EPOCH / 10 + 3, rows(folder).size());
        var csv = Files.readAllLines(folder.resolve("log.csv"));
        assertEquals("epoch,step,train_loss,loss,accuracy,learning_rate,seconds,steps_per_second,waiting", csv.get(0));
        assertEquals(List.of("1,19", "2,38", "3,57"),
                csv.stream().skip(1).map(row -> row.replaceAll("^(\\d+,\\d+),.*", "$1")).toList());
    }

    /** The lines of metrics.jsonl without what depends on the clock. */
    private static List<Map<String, Object>> rows(Path folder) throws IOException {
        var rows = new ArrayList<Map<String, Object>>();
        for (String line : Files.readAllLines(folder.resolve("metrics.jsonl"))) {
            var row = new TreeMap<String, Object>();
            new ObjectMapper().readTree(line).properties().forEach(e -> row.put(e.getKey(), e.getValue()));
            row.keySet().removeAll(List.of("seconds", "steps_per_second", "waiting"));
            rows.add(row);
        }
        return rows;
    }

    @Test void anOrderToEndLeavesACheckpointOfTheLastStep() throws Exception {
        var folder = temp.resolve("c");
        var child = Running.start(folder.toString());
        child.until("step 6");
        child.process.toHandle().destroy(); // SIGTERM; Ctrl-C is the same to the JVM
        long last = child.out.lines().filter(l -> l.startsWith("step ")).mapToLong(l -> Long.parseLong(l.substring(5)))
                .reduce(6, (_, step) -> step);
        assertEquals(143, child.process.waitFor());
        assertTrue(Files.exists(folder.resolve("checkpoints/step-%09d/SHA256SUMS".formatted(last))), "after " + last);
    }
}
