package dev.merapi.train;

import dev.merapi.io.Provenance;
import dev.merapi.io.Safetensors;
import dev.merapi.optim.ReduceOnPlateau;
import dev.merapi.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class CheckpointsTest {
    @TempDir Path folder;

    private List<String> names() throws IOException {
        try (var files = Files.list(folder.resolve("checkpoints"))) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private Run fit(int epochs) {
        return Blobs.trainer(Blobs.model()).epochs(epochs).checkpoints(folder, 2).resume()
                .fit(Blobs.train(64, 16), Blobs.test());
    }

    @Test void theNewestAreKept() throws IOException {
        fit(5);
        assertEquals(List.of("step-000000016", "step-000000020"), names());
    }

    @Test void aCheckpointLiesBesideUntilItIsWhole() throws IOException {
        var checkpoints = new Checkpoints(folder, 2);
        checkpoints.save(7, CheckpointsTest::fill);
        var error = assertThrows(UncheckedIOException.class, () -> checkpoints.save(8, beside -> {
            write(beside.resolve("trainer.json"), "half");
            throw new UncheckedIOException(new IOException("No space left on device"));
        }));
        assertTrue(error.getMessage().contains("No space left on device"), error.getMessage());
        assertEquals(List.of("step-000000007"), names());
        assertEquals("step-000000007", checkpoints.newest().orElseThrow().getFileName().toString());
    }

    private static void fill(Path checkpoint) {
        for (String name : List.of("model.safetensors", "optimizer.safetensors", "trainer.json")) {
            write(checkpoint.resolve(name), name);
        }
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test void whatAKilledSaveLeftIsNoCheckpoint() throws IOException {
        fit(2);
        Files.createDirectories(folder.resolve("checkpoints/step-000000012.tmp"));
        Files.writeString(folder.resolve("checkpoints/step-000000012.tmp/model.safetensors"), "hal");
        assertEquals(3, fit(3).history().size());
        assertEquals(List.of("step-000000008", "step-000000012"), names());
    }

    /** Cut off, one bit changed, a file gone, the list of checksums cut off: each time the one before is taken. */
    @Test void aDamagedCheckpointFallsBackToTheOneBefore() throws IOException {
        fit(2);
        var newest = folder.resolve("checkpoints/step-000000008");
        var checkpoints = new Checkpoints(folder, 2);
        for (String name : List.of("model.safetensors", "optimizer.safetensors", "trainer.json", "SHA256SUMS")) {
            var file = newest.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            byte[] flipped = whole.clone();
            flipped[whole.length / 2] ^= 1;
            int line = name.equals("SHA256SUMS") ? new String(whole).indexOf('\n') + 1 : whole.length / 3;
            byte[] noText = whole.clone();
            noText[0] = (byte) 0xff;
            for (byte[] damaged : new byte[][] {Arrays.copyOf(whole, whole.length / 2), {}, flipped, noText,
                    Arrays.copyOf(whole, line)}) {
                Files.write(file, damaged);
                assertEquals("step-000000004", checkpoints.newest().orElseThrow().getFileName().toString(), name);
            }
            Files.delete(file);
            assertEquals("step-000000004", checkpoints.newest().orElseThrow().getFileName().toString(), name);
            Files.write(file, whole);
            assertEquals("step-000000008", checkpoints.newest().orElseThrow().getFileName().toString(), name);
        }
        Files.writeString(newest.resolve("model.safetensors"), "hal");
        var expected = Blobs.model();
        Blobs.trainer(expected).epochs(3).fit(Blobs.train(64, 16), Blobs.test());
        var resumed = Blobs.model();
        Blobs.trainer(resumed).epochs(3).checkpoints(folder, 2).resume().fit(Blobs.train(64, 16), Blobs.test());
        assertArrayEquals(expected.params().get("0.weight").toFloats(), resumed.params().get("0.weight").toFloats());
    }

    /** The last one that is whole must not be deleted for being old. */
    @Test void damagedOnesArePutAsideWhenTheRunHasGoneOn() throws IOException {
        Blobs.trainer(Blobs.model()).epochs(2).checkpoints(folder, 2).fit(Blobs.train(64, 16));
        Files.writeString(folder.resolve("checkpoints/step-000000008/trainer.json"), "");
        Blobs.trainer(Blobs.model()).epochs(2).checkpoints(folder, 1).checkpointEvery(1).resume()
                .listen(new Listener() {
                    @Override public void checkpoint(Path at) { assertTrue(Trainer.hasCheckpoint(folder)); }
                }).fit(Blobs.train(64, 16));
        assertEquals(List.of("step-000000008", "step-000000008.damaged"), names());
    }

    @Test void whereAllAreDamagedNothingIsTouched() throws IOException {
        fit(2);
        for (String step : names()) {
            Files.delete(folder.resolve("checkpoints/" + step + "/trainer.json"));
        }
        var before = contents();
        String expected = "Trainer.resume: expected a whole checkpoint in " + folder.resolve("checkpoints")
                + ". Received step-000000008: trainer.json is missing; step-000000004: trainer.json is missing. Nothing"
                + " was changed. Put back a copy of one, or train in another folder.";
        assertEquals(expected, assertThrows(IllegalArgumentException.class, () -> fit(3)).getMessage());
        assertEquals(expected, assertThrows(IllegalArgumentException.class, () -> Trainer.hasCheckpoint(folder))
                .getMessage());
        assertEquals(before, contents());
    }

    private Map<String, String> contents() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toMap(Path::toString, Provenance::sha256));
        }
    }

    /** Here a folder in a file's place, which a system refuses to read for everybody. */
    @Test void whatTheSystemDoesNotReadIsNoDamage() throws IOException {
        fit(2);
        var file = folder.resolve("checkpoints/step-000000008/trainer.json");
        Files.delete(file);
        Files.createDirectory(file);
        var error = assertThrows(UncheckedIOException.class, () -> fit(3)).getMessage();
        assertTrue(error.startsWith("Could not read checkpoint " + file.getParent() + ": "), error);
        assertTrue(error.endsWith(". Nothing was changed."), error);
    }

    @Test void aMissingPermissionIsNoDamage() throws IOException {
        fit(2);
        var file = folder.resolve("checkpoints/step-000000008/trainer.json").toFile();
        assumeTrue(file.setReadable(false) && !Files.isReadable(file.toPath()), "for a user without all rights");
        var error = assertThrows(UncheckedIOException.class, () -> fit(3)).getMessage();
        assertTrue(error.endsWith(": no permission. Nothing was changed."), error);
    }

    /** By which epochs are judged: a run cannot go on without, and must not begin to overwrite what is there. */
    @Test void aCheckpointWithoutTheMonitoredValueIsNamed() throws IOException {
        fit(2);
        var checkpoint = folder.resolve("checkpoints/step-000000008");
        var file = checkpoint.resolve("trainer.json");
        String whole = Files.readString(file);
        for (String lost : List.of("accuracy", "loss")) {
            Files.writeString(file, whole.replaceFirst("\"" + lost + "\"", "\"other\""));
            Checksums.write(checkpoint);
            var before = contents();
            var trainer = Blobs.trainer(Blobs.model()).epochs(3).checkpoints(folder, 2).resume();
            if (lost.equals("loss")) trainer.reduceOnPlateau("loss", ReduceOnPlateau.Options.DEFAULT);
            String message = assertThrows(IllegalArgumentException.class,
                    () -> trainer.fit(Blobs.train(64, 16), Blobs.test())).getMessage();
            assertTrue(message.startsWith(file + ": expected a value " + lost + " of every epoch, by which the run is"
                    + " judged. Received epoch 1 with ["), message);
            assertEquals(before, contents());
        }
    }

    /** The same of a run that had no test set until now. */
    @Test void aTestSetFromNowOnIsRefused() {
        Blobs.trainer(Blobs.model()).epochs(1).folder(folder).fit(Blobs.train(64, 16));
        String message = assertThrows(IllegalArgumentException.class, () -> fit(2)).getMessage();
        assertTrue(message.contains("step-000000004/trainer.json: expected a value accuracy of every epoch"), message);
        assertTrue(message.endsWith("with [train_loss]; resume with the test set and the metric that the run began"
                + " with, or begin a new one in another folder."), message);
    }

    @Test void aRunFolderIsForOneFitAtATime() throws Exception {
        var trainer = Blobs.trainer(Blobs.model()).folder(folder);
        var other = Blobs.trainer(Blobs.model()).folder(folder.resolve("../" + folder.getFileName()));
        var messages = new ArrayList<String>();
        trainer.listen(new Listener() {
            @Override public void step(Step step) {
                for (var second : List.of(trainer, other)) {
                    messages.add(assertThrows(IllegalStateException.class, () -> second.fit(Blobs.train(64, 16)))
                            .getMessage());
                }
            }
        }).fit(Blobs.train(16, 16));
        assertEquals(List.of("Trainer.fit: expected one fit at a time. Received another while one is running; make a"
                + " trainer and a model for each thread.", "Trainer.fit: the run folder " + folder.resolve("../"
                + folder.getFileName()) + " is in use by another process, or another fit of this one. Wait until it"
                + " ends, or choose another folder."), messages);
        other.resume().fit(Blobs.train(16, 16)); // afterwards it may
    }

    @Test void aFolderInUseIsNotOverwritten() {
        fit(1);
        var message = assertThrows(IllegalArgumentException.class, () -> Blobs.trainer(Blobs.model()).folder(folder)
                .fit(Blobs.train(64, 16))).getMessage();
        assertEquals("Trainer.fit: expected a folder without checkpoints. Received " + folder + ", which has some: call"
                + " resume() to go on from the newest, or choose another.", message);
    }

    @Test void anEpochIsSavedEvenIfAListenerFails() {
        assertFalse(Trainer.hasCheckpoint(folder));
        var trainer = Blobs.trainer(Blobs.model()).folder(folder).listen(new Listener() {
            @Override public void epoch(Epoch epoch) { throw new IllegalStateException("no room for a picture"); }
        });
        assertThrows(IllegalStateException.class, () -> trainer.fit(Blobs.train(64, 16)));
        assertTrue(Trainer.hasCheckpoint(folder));
    }

    @Test void aRunThatIsDoneTrainsNoFurther() {
        var done = fit(2);
        var again = fit(2);
        assertEquals(done.history(), again.history());
        assertEquals(done.steps(), again.steps());
    }

    @Test void aFileInTheFoldersPlaceIsRefusedBeforeTheFirstStep() throws IOException {
        var file = Files.writeString(folder.resolve("run"), "");
        var error = assertThrows(UncheckedIOException.class, () -> Blobs.trainer(Blobs.model()).folder(file)
                .fit(Blobs.train(64, 16)));
        assertTrue(error.getMessage().startsWith("Trainer.fit: cannot write into the run folder " + file),
                error.getMessage());
    }

    @Test void theBestWeightsLieInTheRunFolder() {
        var model = Blobs.model();
        var trainer = Blobs.trainer(model).epochs(20).schedule(step -> step < 38 ? 1 : 300).earlyStopping("loss", 2)
                .folder(folder);
        var run = trainer.fit(Blobs.train(600, 32), Blobs.test());
        assertEquals(Run.Stop.EARLY, run.stop());
        var loaded = Blobs.model();
        Safetensors.load(loaded, folder.resolve("model.safetensors"));
        assertEquals(run.best("loss"), Blobs.trainer(loaded).evaluate(Blobs.test()).get("loss"), 1e-9);
        assertEquals(run.best("loss"), trainer.evaluate(Blobs.test()).get("loss"), 1e-9);
        assertTrue(run.last().value("loss") > 2 * run.best("loss"));
    }

    @Test void configSaysWhatMadeTheRun() throws IOException {
        Blobs.trainer(Blobs.model()).folder(folder).config(Map.of("recipe", "blobs")).clipNorm(2)
                .precision(DType.FLOAT32).fit(Blobs.train(64, 16));
        var config = Json.LINES.readTree(folder.resolve("config.json").toFile());
        assertEquals("blobs", config.path("recipe").asText());
        assertEquals(2, config.at("/trainer/clip_norm").asDouble());
        assertEquals(5, config.at("/trainer/seed").asInt());
        assertFalse(config.at("/versions/libtorch").isMissingNode());
        assertFalse(config.at("/versions/merapi").isMissingNode());
    }
}
