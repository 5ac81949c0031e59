package dev.merapi.cluster;

import dev.merapi.ChildJvm;
import dev.merapi.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code merapi train --spark}. */
class SparkCommandTest {
    @TempDir Path folder;

    private ChildJvm.Result merapi(String... arguments) throws IOException, InterruptedException {
        return SparkHome.jvm(SparkHome.in(folder)).run(Main.class, arguments);
    }

    @Test void aRecipeTrainsInOneProcessAndGoesOn() throws Exception {
        Path run = folder.resolve("run");
        var result = merapi("train", "dots", "--spark", "local[2]", "--ranks", "2", "--out", run.toString());
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().matches("(?s).*accuracy 0\\.9.*Run: " + run + ".*"), result.output());
        String metrics = Files.readString(run.resolve("metrics.jsonl"));
        assertTrue(metrics.contains("\"step\":64,"), "4 epochs of 16 steps of 2 ranks: " + metrics);

        var again = merapi("train", "dots", "--spark", "local[2]", "--out", run.toString());
        assertEquals(2, again.exitCode());
        assertTrue(again.output().contains("there is a run already"), again.output());
    }

    /** Executors in processes of their own. */
    @Test @Tag("proof") void aRecipeTrainsInExecutorsOfThisMachine() throws Exception {
        Path run = folder.resolve("run");
        var result = merapi("train", "dots", "--spark", "local-cluster[2,1,512]", "--ranks", "2", "--out",
                run.toString());
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().matches("(?s).*accuracy 0\\.9.*Run: " + run + ".*"), result.output());
        assertTrue(Files.exists(run.resolve("model.safetensors")), result.output());
    }

    @Test void wrongPlacesAndTooFewCoresAreRefused() throws Exception {
        Path run = folder.resolve("run");
        var place = merapi("train", "dots", "--spark", "nowhere", "--out", run.toString());
        assertEquals(2, place.exitCode(), place.output());
        assertTrue(place.output().contains("--spark: expected local[2], local-cluster[2,1,1024], spark://host:7077,"
                + " yarn or k8s://…. Received nowhere"), place.output());
        var cores = merapi("train", "dots", "--spark", "local[2]", "--ranks", "3", "--out", run.toString());
        assertEquals(1, cores.exitCode(), cores.output());
        assertTrue(cores.output().contains("SparkRanks: expected 3 free cores, one for each rank. Received fewer from"
                + " local[2]"), cores.output());
        assertFalse(Files.exists(run.resolve("config.json")));
    }
}
