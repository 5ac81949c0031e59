package dev.merapi.parallel;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ranks in processes of their own: one is killed, and each has a generator of its own. */
class RankProcessesTest {
    /** Says when it has joined, then waits in a call that rank 1 never makes. */
    static final class Waiting {
        public static void main(String[] args) throws Exception {
            try (var group = ProcessGroup.join(Rendezvous.ofEnvironment())) {
                group.barrier();
                IO.println("joined");
                if (group.rank() == 1) Thread.sleep(Duration.ofMinutes(2));
                group.barrier();
            } catch (IllegalStateException e) {
                IO.println(e.getMessage());
                System.exit(3);
            }
        }
    }

    @Test void whoseProcessIsKilledIsNamedAtOnce() throws Exception {
        var processes = Ranks.start(3, Duration.ofMinutes(2), Waiting.class);
        var reader = processes.get(1).inputReader();
        for (String line = reader.readLine(); !line.equals("joined"); line = reader.readLine());
        long pid = processes.get(1).pid();
        processes.get(1).destroyForcibly();
        for (int rank : List.of(0, 2)) {
            String said = new String(processes.get(rank).getInputStream().readAllBytes());
            assertEquals(3, processes.get(rank).waitFor(), said);
            assertTrue(said.contains("barrier: expected all 3 ranks within 120.0 s. rank 1 (process " + pid), said);
            assertFalse(said.contains("imed out"), "it was noticed before: " + said);
        }
    }

    /** Gradients of two ranks, with dropout, beside those of one that draws each part as that rank does. */
    static final class Drawing {
        public static void main(String[] args) throws Exception {
            Torch.seed(7);
            var model = new Sequential(new Linear(4, 32), new Dropout(0.5), new Linear(32, 1));
            var params = List.copyOf(model.params().values());
            Path folder = Path.of(args[0]);
            try (var group = ProcessGroup.join(Rendezvous.ofEnvironment()); var parallel = DataParallel.of(group);
                    var _ = Scope.open()) {
                parallel.prepare(model);
                Files.write(folder.resolve("random" + group.rank()), Torch.rngState().toBytes());
                for (int step = 0; step < 3; step++) { // the last two overlap
                    params.forEach(Param::clearGrad);
                    parallel.beforeLast(params);
                    loss(model, group.rank()).backward();
                    parallel.reduce(params);
                }
                if (group.rank() == 0) Files.writeString(folder.resolve("gradient"), gradient(model));
                group.barrier();
            }
        }
    }

    private static Tensor loss(Sequential model, int rank) {
        var x = Tensor.arange(32).view(8, 4).to(model.dtype()).mul(0.1 * (rank + 1)).sin();
        return model.forward(x).square().sum();
    }

    private static String gradient(Sequential model) {
        var text = new StringJoiner(" ");
        for (float value : model.params().get("0.weight").grad().toFloats()) text.add("" + value);
        return text.toString();
    }

    @Test void eachRankDropsOutByItself(@TempDir Path folder) throws Exception {
        for (var rank : Ranks.results(Ranks.start(2, Duration.ofMinutes(2), Drawing.class, folder.toString()))) {
            assertEquals(0, rank.exitCode(), rank.output());
        }
        Torch.seed(7);
        var model = new Sequential(new Linear(4, 32), new Dropout(0.5), new Linear(32, 1));
        assertArrayEquals(Torch.rngState().toBytes(), random(folder, 0), "the first draws as one alone does");
        var states = new ArrayList<Tensor>();
        for (int rank = 0; rank < 2; rank++) states.add(Tensor.of(random(folder, rank), random(folder, rank).length));
        assertFalse(states.get(0).sameAs(states.get(1)));
        for (int step = 0; step < 3; step++) {
            model.params().values().forEach(Param::clearGrad);
            for (int rank = 0; rank < 2; rank++) {
                Torch.rngState(states.get(rank));
                loss(model, rank).backward();
                states.set(rank, Torch.rngState());
            }
        }
        float[] expected = model.params().get("0.weight").grad().toFloats();
        String[] received = Files.readString(folder.resolve("gradient")).split(" ");
        assertEquals(expected.length, received.length);
        for (int i = 0; i < expected.length; i++) assertEquals(expected[i], Float.parseFloat(received[i]), 1e-6);
    }

    private static byte[] random(Path folder, int rank) throws IOException {
        return Files.readAllBytes(folder.resolve("random" + rank));
    }
}
