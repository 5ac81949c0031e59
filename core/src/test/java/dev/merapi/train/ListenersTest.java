package dev.merapi.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ListenersTest {
    @TempDir Path folder;

    private static Epoch epoch(int number, long step) {
        return new Epoch(number, step, Map.of("loss", 0.5), 1e-3, 2, 10, 0.1);
    }

    /** What is shown of two epochs of 4 steps, of which the third takes {@code seconds}, and all else no time. */
    private static String progress(boolean terminal, long seconds, int columns) {
        var bytes = new ByteArrayOutputStream();
        var now = new AtomicLong();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Blobs.trainer(Blobs.model()).epochs(2).listen(new Progress(out, terminal, now::get, () -> columns),
                new Listener() {
                    @Override public void step(Step step) {
                        if (step.stepInEpoch() == 3) now.addAndGet(seconds * 1_000_000_000);
                    }
                }).fit(Blobs.train(64, 16), Blobs.test());
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test void withoutATerminalEachEpochIsALine() {
        var lines = progress(false, 29, 80).lines().toList();
        assertEquals(2, lines.size(), lines.toString());
        for (String line : lines) {
            assertTrue(line.matches("epoch [12]/2  train_loss \\d\\.\\d{4}  loss \\d\\.\\d{4}  accuracy \\d\\.\\d{4}  "
                    + "\\d+\\.\\d s"), line);
        }
    }

    @Test void withoutATerminalLongEpochsHaveLinesBetween() {
        var lines = progress(false, 60, 80).lines().toList();
        assertEquals(4, lines.size(), lines.toString());
        assertTrue(lines.getFirst().matches("epoch 1/2 \\[#{20}] 4/4  loss \\d\\.\\d{4}  0.05 steps/s  1:20 left"),
                lines.getFirst());
    }

    @Test void aTerminalShowsABarAndTheTimeLeft() {
        var text = progress(true, 1, 80);
        assertTrue(text.matches("(?s).*\repoch 1/2 \\[#{20}] 4/4  loss \\d\\.\\d{4}  3.00 steps/s  0:01 left.*"),
                text);
        assertTrue(text.contains("epoch 2/2  train_loss"), text);
    }

    @ParameterizedTest
    @CsvSource({"100, 'epoch 1/2 [####################] 4/4  loss X  3.00 steps/s  0:01 left'",
            "60, 'epoch 1/2 [#####] 4/4  loss X  3.00 steps/s  0:01 left'",
            "50, 'epoch 1/2 [#########] 4/4  loss X  0:01 left'",
            "40, 'epoch 1/2 4/4  loss X  0:01 left'", "20, 'epoch 1/2 4/4  loss'"})
    void theBarFitsTheTerminal(int columns, String expected) {
        var text = progress(true, 1, columns);
        var bar = text.split("\r")[1];
        assertEquals(expected, bar.replaceAll("loss \\d\\.\\d{4}", "loss X").strip());
        assertTrue(bar.length() < columns, bar);
    }

    @Test void eventsComeInOrder() {
        var heard = new ArrayList<String>();
        Blobs.trainer(Blobs.model()).epochs(2).folder(folder).checkpointEvery(3).listen(new Listener() {
            @Override public void start(Start start) { heard.add("start " + start.stepsPerEpoch().getAsLong()); }
            @Override public void step(Step step) { heard.add("step " + step.step()); }
            @Override public void epoch(Epoch epoch) { heard.add("epoch " + epoch.epoch()); }
            @Override public void checkpoint(Path at) { heard.add(at.getFileName().toString()); }
            @Override public void end() { heard.add("end"); }
        }).fit(Blobs.train(64, 16));
        assertEquals(List.of("start 4", "step 1", "step 2", "step 3", "step-000000003", "step 4", "epoch 1",
                "step-000000004", "step 5", "step 6", "step-000000006", "step 7", "step 8", "epoch 2", "step-000000008",
                "end"), heard);
    }

    @Test void theEndIsHeardAfterAnErrorToo() {
        var heard = new ArrayList<String>();
        assertThrows(IllegalStateException.class, () -> Blobs.trainer(Blobs.model()).listen(new Listener() {
            @Override public void step(Step step) { throw new IllegalStateException("mine"); }
            @Override public void end() { heard.add("end"); }
        }).fit(Blobs.train(64, 16)));
        assertEquals(List.of("end"), heard);
    }

    @Test void aResumedLogDropsWhatCameAfterTheCheckpoint() throws IOException {
        var file = folder.resolve("metrics.jsonl");
        var log = new JsonLines(file);
        log.start(start(0, 0));
        for (long step = 1; step <= 20; step++) log.step(new Listener.Step(1, step, step, 1, 0.1, Double.NaN));
        log.epoch(epoch(1, 20));
        for (long step = 21; step <= 40; step++) log.step(new Listener.Step(2, step, step - 20, 1, 0.1, 3));
        log.epoch(epoch(2, 40));
        log.end();
        Files.writeString(file, Files.readString(file) + "{\"step\":5"); // killed while writing

        var resumed = new JsonLines(file); // from a checkpoint at step 40, before the second epoch was evaluated
        resumed.start(start(1, 40));
        resumed.epoch(epoch(2, 40));
        resumed.end();
        var rows = Files.readAllLines(file).stream().map(ListenersTest::parse).toList();
        assertEquals(List.of("10", "20", "epoch 1", "30", "40", "epoch 2"), rows);

        resumed.start(start(0, 0)); // a new run in an old folder
        resumed.end();
        assertEquals("", Files.readString(file));
    }

    @Test void aDamagedLogIsNoObstacleAndNothingIsLost() throws IOException {
        var file = folder.resolve("metrics.jsonl");
        byte[] bytes = "{\"step\":10,\"loss\":1}\n{\"step\":20,\"loss\":1}\n{\"step\":30,\"loss\":1}\n"
                .getBytes(StandardCharsets.UTF_8);
        bytes[25] = (byte) 0xff; // no UTF-8, and in a name
        Files.write(file, bytes);
        for (int i = 0; i < 2; i++) {
            var log = new JsonLines(file);
            log.start(start(0, 30));
            log.end();
            assertEquals("{\"step\":10,\"loss\":1}\n{\"step\":30,\"loss\":1}\n", Files.readString(file));
            assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("metrics.jsonl.damaged")));
        }
        Files.write(file, bytes);
        new JsonLines(file).start(start(0, 30));
        assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("metrics.jsonl.damaged-2")));

        var csv = folder.resolve("log.csv");
        Files.writeString(csv, "epoch,step\nx,20\n2,40\n", StandardCharsets.ISO_8859_1);
        var log = new CsvLog(csv);
        log.start(start(2, 40));
        log.end();
        assertEquals("epoch,step\n2,40\n", Files.readString(csv));
        assertEquals("epoch,step\nx,20\n2,40\n", Files.readString(folder.resolve("log.csv.damaged")));
    }

    /** Such as a name of a metric. */
    @Test void bytesThatAreNoTextStayAsTheyAre() throws IOException {
        var file = folder.resolve("metrics.jsonl");
        byte[] bytes = "{\"step\":10,\"genauigkeit \u00e4\":1}\n".getBytes(StandardCharsets.UTF_8);
        Files.write(file, bytes);
        var log = new JsonLines(file);
        log.start(start(0, 30));
        log.end();
        assertArrayEquals(bytes, Files.readAllBytes(file));
    }

    private static Listener.Start start(int epochsDone, long step) {
        return new Listener.Start(OptionalInt.of(3), OptionalLong.of(20), OptionalLong.of(60),
                Collections.nCopies(epochsDone, epoch(1, 20)), step);
    }

    private static String parse(String line) {
        try {
            var json = Json.LINES.readTree(line);
            return json.has("seconds") ? "epoch " + json.get("epoch") : json.get("step").toString();
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test void tensorBoardGetsCurves() throws IOException {
        Blobs.trainer(Blobs.model()).epochs(3).clipNorm(1).listen(new TensorBoard(folder))
                .fit(Blobs.train(64, 16), Blobs.test());
        String events;
        try (var files = Files.list(folder)) {
            events = Files.readString(files.findFirst().orElseThrow(), StandardCharsets.ISO_8859_1);
        }
        // of 12 steps the tenth is shown
        for (var tag : List.of("train/loss", "train/learning_rate", "train/gradient_norm")) {
            assertEquals(2, events.split(tag, -1).length, tag);
        }
        for (var tag : List.of("train/epoch_loss", "test/loss", "test/accuracy")) {
            assertEquals(4, events.split(tag, -1).length, tag);
        }
    }

    @Test void csvHasAHeaderOnce() throws IOException {
        var file = folder.resolve("log.csv");
        for (int done = 0; done < 2; done++) {
            var log = new CsvLog(file);
            log.start(start(done, 20L * done));
            log.epoch(epoch(done + 1, 20L * (done + 1)));
            log.end();
        }
        assertEquals("""
                epoch,step,loss,learning_rate,seconds,steps_per_second,waiting
                1,20,0.5,0.001,2.0,10.0,0.1
                2,40,0.5,0.001,2.0,10.0,0.1
                """, Files.readString(file));
        assertFalse(Files.exists(folder.resolve("log.csv.tmp")));
    }
}
