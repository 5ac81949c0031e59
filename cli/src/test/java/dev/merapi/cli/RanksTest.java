package dev.merapi.cli;

import dev.merapi.ChildJvm;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.parallel.Rendezvous;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

    /** Two ranks that something else has started, with what each has and was told. */
    private static List<ChildJvm.Result> apart(List<ChildJvm> jvms, List<String[]> arguments) throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var processes = new ArrayList<Process>();
        for (int rank = 0; rank < 2; rank++) {
            var variables = new HashMap<>(new Rendezvous("127.0.0.1", port, rank, 2).timeout(Duration.ofMinutes(2))
                    .toEnvironment());
            variables.put("OMP_NUM_THREADS", "1");
            processes.add(jvms.get(rank).withVariables(variables).start(Main.class, arguments.get(rank)));
        }
        var results = new ArrayList<ChildJvm.Result>();
        for (Process process : processes) {
            var output = new String(process.getInputStream().readAllBytes());
            results.add(new ChildJvm.Result(process.waitFor(), output));
        }
        return results;
    }

    private static void assertFailed(ChildJvm.Result rank, String... words) {
        assertTrue(rank.exitCode() > 0, rank.output());
        for (String word : words) assertTrue(rank.output().contains(word), word + " in " + rank.output());
    }

    @Test void otherSettingsOrOtherCodeOnARankEndBoth() throws Exception {
        String run = folder.resolve("run").toString();
        for (var rank : apart(List.of(MERAPI, MERAPI), List.of(
                new String[] {"train", "points", "epochs=2", "--out", run},
                new String[] {"train", "points", "epochs=3", "--out", run}))) {
            assertFailed(rank, "expected the same configuration on all ranks", "rank 0 (process ", "\"epochs\":2",
                    "rank 1 (process ", "\"epochs\":3");
        }
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("Patched.class"), "newer");
        String[] alike = {"train", "points", "--out", run};
        for (var rank : apart(List.of(MERAPI, MERAPI.withPath(other)), List.of(alike, alike))) {
            assertFailed(rank, "expected the same code on all ranks", "rank 1 (process ");
        }
        assertFalse(Files.exists(folder.resolve("run/config.json")), "nothing was written");
    }

    @Test void aRankWithoutTheFileIsNamed() throws Exception {
        Path with = Files.createDirectories(folder.resolve("with"));
        Path without = Files.createDirectories(folder.resolve("without"));
        Files.writeString(with.resolve("words.txt"), "A word follows a word. ".repeat(100));
        String[] alike = {"train", "language-modelling", "data=words.txt", "width=8", "heads=2", "layers=1",
            "max_length=8", "epochs=1", "--out", folder.resolve("run").toString()};
        var ranks = apart(List.of(MERAPI.in(with), MERAPI.in(without)), List.of(alike, alike));
        assertFailed(ranks.get(1), "words.txt");
        assertFailed(ranks.get(0), "rank 1 (process ", " has left before ", "what went wrong is said there");
    }

    @Test void aPortInUseIsRefused() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var result = MERAPI.run(Main.class, "train", "points", "--ranks", "2", "--port", "" + taken.getLocalPort(),
                    "--out", folder.resolve("run").toString());
            assertFailed(result, "expected a free port for the ranks to meet at. Received " + taken.getLocalPort());
        }
    }

    @Test void tensorRanksThatDoNotFitAreRefused() throws Exception {
        Path run = folder.resolve("run");
        var odd = MERAPI.run(Main.class, "train", "points", "--ranks", "3", "--tensor", "2", "--out", run.toString());
        assertEquals(2, odd.exitCode(), odd.output());
        assertTrue(odd.output().contains("--tensor: expected a number that divides the 3 ranks. Received 2"),
                odd.output());
        var model = MERAPI.run(Main.class, "train", "points", "--ranks", "2", "--tensor", "2", "--out",
                run.toString());
        assertEquals(2, model.exitCode(), model.output());
        assertTrue(model.output().contains("expected a model with the layers of Llama or BERT. Received Sequential"),
                model.output());
    }

    /** Two models of two ranks each: their run is one of whole models, which one process goes on with. */
    @Test @Tag("proof") void fourRanksHaveTwoModels() throws Exception {
        Path run = folder.resolve("run");
        Path text = Files.writeString(folder.resolve("text.txt"), "A word follows a word. ".repeat(400));
        var result = MERAPI.run(Main.class, "train", "fill-mask", "data=" + text, "vocab_size=64", "width=16",
                "heads=2", "max_length=16", "epochs=1", "--ranks", "4", "--tensor", "2", "--out", run.toString());
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("Run: " + run), result.output());
        var names = SafetensorsFile.open(run.resolve("model.safetensors"));
        String query = names.names().stream().filter(name -> name.endsWith("query.weight")).findFirst().orElseThrow();
        assertArrayEquals(new long[] {16, 16}, names.shape(query), "whole");
        var alone = MERAPI.run(Main.class, "eval", run.toString());
        assertEquals(0, alone.exitCode(), alone.output());
    }
}
