package dev.merapi.cli;

import dev.merapi.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code --ranks}. */
class RanksTest {
    private static final ChildJvm MERAPI = new ChildJvm().with("--enable-native-access=ALL-UNNAMED", "-Xmx256m");

    @TempDir Path folder;

    @Test void twoRanksLeaveOneRun() throws Exception {
        Path run = folder.resolve("run");
        var result = MERAPI.run(Main.class, "train", "points", "epochs=2", "--ranks", "2", "--out", run.toString());
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().matches("(?s).*accuracy 0\\.9.*Run: " + run + ".*"), result.output());
        String metrics = Files.readString(run.resolve("metrics.jsonl"));
        assertTrue(metrics.contains("\"step\":20,") && !metrics.contains("\"step\":21,"), metrics);
        assertEquals("", Files.readString(run.resolve("ranks/rank-1.log")).replaceAll("\\[Gloo].*\n", ""));
    }

    /** One sample is NaN: of one rank's batch. */
    @Test void aNanOnOneRankEndsBothWithItsReason() throws Exception {
        Path run = folder.resolve("run");
        var result = MERAPI.run(Main.class, "train", "points", "poison=true", "--ranks", "2", "--out", run.toString());
        assertEquals(1, result.exitCode(), result.output());
        assertTrue(result.output().contains("The batch itself has a NaN or an infinity in x"), result.output());
        assertTrue(result.output().contains("rank 0 ended with exit code 1"), result.output());
        assertTrue(result.output().contains("rank 1 ended with exit code 1"), result.output());
    }
}
