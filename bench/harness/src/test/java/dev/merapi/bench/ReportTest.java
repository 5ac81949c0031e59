package dev.merapi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReportTest {
    private static final Report REPORT = new Report(
            new Machine("Z80", 2, 3L << 30, "CP/M 2.2 z80", "Acme 25"),
            Options.parse("--contenders", "raw,djl", "--rounds", "2", "--threads", "2"), "--rounds 2",
            Map.of(Workload.CIFAR_CNN, List.of(
                    new Result("raw", "libtorch 2", turns(2.25, 10, 20), 0.001, 0.5),
                    new Result("djl", "DJL 0", turns(Double.NaN, 30, 30), Double.NaN, 0))),
            Map.of(Workload.CIFAR_CNN, List.of(
                    new Soak("raw", List.of(new Memory(200 << 20, 3 << 20), new Memory(203 << 20, 2 << 20))))));

    private static final String TEXT = REPORT.markdown();

    private static List<Turn> turns(double loss, int... milliseconds) {
        return Arrays.stream(milliseconds).mapToObj(ms -> new Turn(1, ms * 1_000_000L, ms * 2_000_000L, loss)).toList();
    }

    @Test void namesMachineVersionsCommandAndThreads() {
        for (String line : List.of("- machine: Z80, 2 cores, 3 GiB, CP/M 2.2 z80", "- Java: Acme 25",
                "- command: `bench/run --rounds 2`", "- threads: 2 for each engine; float32 if nothing else is said",
                "- djl: DJL 0")) {
            assertTrue(TEXT.lines().anyMatch(line::equals), () -> line + " in\n" + TEXT);
        }
    }

    @Test void ratiosAreToTheFirstRoundByRound() {
        assertEquals(List.of(
                "| raw | 10.00 ms | 15.00 ms | 20.00 ms | 4,267 | 1.00 [1.00–1.00]"
                        + " | 30.00 ms | 1.00 [1.00–1.00] | 2.250 | 0.00 | 0.50 |",
                "| djl | 30.00 ms | 30.00 ms | 30.00 ms | 2,133 | 2.25 [1.50–3.00]"
                        + " | 60.00 ms | 2.25 [1.50–3.00] | – | – | 0.00 |"),
                TEXT.lines().filter(l -> l.contains(" ms |")).toList());
    }

    @Test void memoryIsComparedWithTheWarmProcess() {
        assertTrue(TEXT.contains("| raw | 200 | 203 | +1.5 % | 3.0 | 2.0 |\n"), TEXT);
    }

    @Test void shortTimesAreInNanoseconds() { assertEquals("1080 ns", Report.time(1080)); }

    @Test void writesTheWholeFileOrNone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("results/2026-01-01.md");
        REPORT.write(file);
        REPORT.write(file);                                         // replaces the first
        assertEquals(TEXT, Files.readString(file));
        try (var files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
