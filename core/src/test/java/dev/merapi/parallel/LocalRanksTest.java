package dev.merapi.parallel;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LocalRanksTest {
    @TempDir Path folder;

    /** Does to each rank what it is told, by its number. */
    static final class Program {
        public static void main(String[] deeds) throws Exception {
            int rank = Integer.parseInt(System.getenv("RANK"));
            if (rank > 0) IO.println("rank " + rank + " of " + System.getenv("WORLD_SIZE") + ", "
                    + System.getenv("OMP_NUM_THREADS").length() + " digits of threads");
            switch (deeds[rank]) {
                case "end" -> { }
                case "fail" -> System.exit(7);
                case "halt" -> Runtime.getRuntime().halt(137);
                case "stay" -> Thread.sleep(600_000);
                default -> throw new IllegalArgumentException(deeds[rank]);
            }
        }
    }

    private final List<String> said = new ArrayList<>();

    private int run(String... deeds) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Program.class.getName()));
        command.addAll(List.of(deeds));
        return new LocalRanks(command, deeds.length, folder).run(said::add);
    }

    @Test void ranksThatEndWellSayNothing() throws Exception {
        assertEquals(0, run("end", "end", "end"));
        assertEquals(List.of(), said);
        assertEquals("rank 2 of 3, 1 digits of threads\n", Files.readString(folder.resolve("rank-2.log")));
        assertFalse(Files.exists(folder.resolve("rank-0.log")), "it speaks for itself");
    }

    @Test void oneThatFailsEndsTheOthersWithItsOutput() {
        assertEquals(7, run("end", "fail"));
        assertEquals(List.of("rank 1 ended with exit code 7", "The end of " + folder.resolve("rank-1.log") + ":",
                "  rank 1 of 2, 1 digits of threads"), said);
    }

    @Test void oneThatIsKilledIsNamed() {
        assertEquals(137, run("end", "end", "halt"));
        assertEquals("rank 2 ended with exit code 137, killed by signal 9", said.getFirst());
    }

    @Test void coresAreShared() {
        assertArrayEquals(new int[] {3, 3, 2}, IntStream.range(0, 3).map(r -> LocalRanks.threads(r, 3, 8)).toArray());
        assertEquals(1, LocalRanks.threads(3, 4, 2));
    }

    @Test void aPortInUseIsRefused() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var ranks = new LocalRanks(List.of("java"), 2, folder, taken.getLocalPort());
            assertTrue(assertThrows(IllegalArgumentException.class, () -> ranks.run(said::add)).getMessage().startsWith(
                    "LocalRanks: expected a free port for the ranks to meet at. Received " + taken.getLocalPort()));
        }
    }
}
