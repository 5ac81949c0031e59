package dev.merapi.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RunsTest {
    @TempDir Path folder;
    @TempDir static Path services;

    @BeforeAll static void register() throws IOException { RecipesTest.register(services); }

    @AfterAll static void forget() { RecipesTest.forget(); }

    private Path run() {
        Path run = folder.resolve("run");
        try (var job = Recipes.named("line").job("epochs=3", "rate=0.2")) {
            job.fit(run);
        }
        return run;
    }

    private static String refusal(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }

    @Test void aRunIsOpenedWithItsWeightsAndSettings() {
        Path run = run();
        double measured;
        try (var job = Runs.open(run)) {
            measured = job.evaluate().get("loss");
        }
        try (var job = Runs.open(run, "data=2")) { // twice the slope
            double other = job.evaluate().get("loss");
            assertTrue(measured < 0.2, "loss " + measured);
            assertEquals(3, other, 0.7); // the mean of (3 x)² over -1 to 1
        }
        assertEquals("{epochs=3, rate=0.2, data=1.0, recipe=line, precision=float32}",
                Setup.ofRun(run).toMap().toString());
    }

    @Test void aRunThatWasInterruptedGoesOn() throws IOException {
        Path run = run();
        try (var job = Runs.resume(run)) {
            assertEquals(3, job.fit().history().size(), "all are done");
        }
        Path begun = Files.createDirectory(folder.resolve("begun"));
        Files.copy(run.resolve("config.json"), begun.resolve("config.json"));
        try (var job = Runs.resume(begun)) {
            assertEquals(3, job.fit().history().size(), "none was begun");
        }
    }

    @Test void foldersWithoutARunAreRefused() throws IOException {
        assertEquals(folder + ": expected the folder of a run, with config.json in it. merapi train writes one.",
                refusal(() -> Runs.open(folder)));
        assertEquals(folder + ": expected the folder of a run, with config.json in it. merapi train writes one.",
                refusal(() -> Predictor.open(folder)));
        Path config = Files.writeString(folder.resolve("config.json"), "{\"epochs\": 3}");
        assertEquals(config + ": expected a line such as recipe: fashion. merapi list shows the recipes.",
                refusal(() -> Runs.open(folder)));
        Files.writeString(config, "{\"recipe\": \"lime\"}");
        var unknown = refusal(() -> Runs.open(folder));
        assertTrue(unknown.startsWith(config + ": unknown recipe lime. Did you mean line? Known are "), unknown);
        Files.writeString(config, "{\"recipe\": \"line\", \"epoch\": 3}");
        assertEquals(config + ": unknown key epoch. Did you mean epochs? Known are data, epochs, precision, rate.",
                refusal(() -> Runs.open(folder)));
        Path begun = Files.createDirectory(folder.resolve("begun"));
        Files.writeString(begun.resolve("config.json"), "{\"recipe\": \"line\"}");
        assertEquals(begun + ": expected a trained model, model.safetensors. Received a run without one; if its first"
                + " epoch has not ended, go on with it by merapi resume " + begun + ".",
                refusal(() -> Predictor.open(begun)));
        Path run = run();
        assertEquals(run + ": there is a run already. Choose another folder, or go on with it by Runs.resume.",
                refusal(() -> {
                    try (var job = Recipes.named("line").job()) {
                        job.fit(run);
                    }
                }));
    }

    @Test void whatPredictsNothingIsRefusedAndClosed() {
        Path run = run();
        assertThrows(UnsupportedOperationException.class, () -> Predictor.open(run));
        assertTrue(RecipesTest.Line.last.params().get("weight").isClosed(), "the job that was opened for it is closed");
    }
}
