package dev.merapi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ContenderTest {
    @TempDir Path folder;

    @BeforeEach void build() throws IOException {
        Files.createDirectory(folder.resolve("target"));
        Files.writeString(folder.resolve("target/classpath.txt"), System.getProperty("java.class.path"));
        Files.writeString(folder.resolve("java.args"), "-Xmx64m\ndev.merapi.bench.FakeContender\n");
    }

    private Contender start() { return Contender.start("fake", folder, 2); }

    @Test void runsTheStepsItIsTold() {
        try (var contender = start()) {
            assertEquals("Fake 1, threads 2", contender.about());
            assertEquals(3, contender.run(Workload.CIFAR_CNN, 3).loss());
            var turn = contender.run(Workload.CIFAR_CNN, 4);
            assertEquals(7, turn.loss());
            assertTrue(turn.nanos() > 0);
            assertTrue(turn.cpuNanos() >= 0);
            assertEquals(turn.nanos() / 4.0, turn.nanosPerStep());
        }
    }

    @Test void aSoakWatchesTheProcessGrow() {
        try (var contender = start()) {
            var soak = Soak.run(contender, Workload.CIFAR_CNN, 20);
            assertEquals(11, soak.memory().size(), "warm, and ten times since");
            assertEquals(23, contender.run(Workload.CIFAR_CNN, 1).loss(), "2 steps each");
            assertTrue(soak.warm().heap() > 0 && soak.warm().heap() < 64 << 20, "of the contender's heap: " + soak);
            if (Files.exists(Path.of("/proc"))) assertTrue(soak.end().resident() > soak.end().heap(), soak.toString());
        }
    }

    @Test void aFailedStepTellsWhyAndWhere() {
        try (var contender = start()) {
            assertEquals("fake: failed java.lang.IllegalArgumentException: too deep; see " + log(),
                    failure(contender, Workload.RESNET18));
            assertTrue(Files.exists(log()));
        }
    }

    @Test void aDeadProcessIsNoticed() {
        try (var contender = start()) {
            assertEquals("fake: the process ended; see " + log(), failure(contender, Workload.TRANSFORMER));
        }
    }

    @Test void anUnbuiltContenderSaysHowToBuildIt() throws IOException {
        Files.delete(folder.resolve("target/classpath.txt"));
        assertEquals("fake: expected " + folder.resolve("target/classpath.txt")
                + ". Build it by: mvn -Pbench package",
                assertThrows(IllegalStateException.class, this::start).getMessage());
    }

    /** A thread that spins beside busy neighbours gets less than a core, so the bounds are far below one. */
    @Test void aSpinningThreadIsNoticed() throws InterruptedException {
        try (var resting = start(); var spinning = start()) {
            resting.run(Workload.CIFAR_CNN, 1);
            spinning.run(Workload.TINY_ADD, 1);
            var watch = new Watch();
            watch.restBegins(resting);
            watch.restBegins(spinning);
            Thread.sleep(500);
            watch.turnBegins(resting);
            double rest = watch.idle(resting);
            assertTrue(rest < 0.1, () -> "resting: " + rest);
            resting.run(Workload.CIFAR_CNN, 1);
            Thread.sleep(500);
            watch.turnEnds(resting);
            assertTrue(watch.others(resting) > 0.02, () -> "others: " + watch.others(resting));
            watch.turnBegins(spinning);
            assertTrue(watch.idle(spinning) > 2 * rest + 0.02, () -> "spinning: " + watch.idle(spinning));
        }
    }

    private static String failure(Contender contender, Workload workload) {
        return assertThrows(IllegalStateException.class, () -> contender.run(workload, 1)).getMessage();
    }

    private Path log() { return folder.resolve("target/bench.log"); }
}
