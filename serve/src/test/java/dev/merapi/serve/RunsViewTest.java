package dev.merapi.serve;

import dev.merapi.tensor.Device;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is told of runs, and that nothing else is. */
class RunsViewTest {
    @TempDir private static Path folder;
    private static Path runs;
    private static InferenceServer server;

    @BeforeAll static void start() throws IOException {
        runs = Files.createDirectories(folder.resolve("runs"));
        Files.writeString(folder.resolve("secret.txt"), "secret");
        SomeRuns.write(runs.resolve("first"), 3, 3);
        SomeRuns.write(runs.resolve("group/second"), 2, 5);
        Files.createDirectories(runs.resolve("model"));
        Files.writeString(runs.resolve("model/config.json"), "{\"model_type\": \"bert\"}"); // no run
        server = InferenceServer.start(ServeConfig.DEFAULT.port(0), List.of(), runs, Device.CPU);
    }

    @AfterAll static void stop() { server.close(); }

    private static Tiny.Answer get(String path, String... values) {
        var query = new StringBuilder("?");
        for (int i = 0; i < values.length; i += 2) {
            query.append(values[i]).append('=').append(URLEncoder.encode(values[i + 1], StandardCharsets.UTF_8))
                    .append('&');
        }
        return Tiny.get(server, path + query);
    }

    @Test void runsAreListedWithTheirState() throws IOException {
        Files.setLastModifiedTime(runs.resolve("first/metrics.jsonl"), FileTime.from(Instant.now().minusSeconds(9)));
        var list = Tiny.get(server, "/runs").json();
        assertEquals("runs", list.get("folder").textValue());
        assertEquals(List.of("group/second", "first"), list.get("runs").findValuesAsText("name"));
        var second = list.at("/runs/0");
        assertEquals("running", second.get("state").textValue());
        assertEquals(0.4, second.get("progress").doubleValue(), 1e-9);
        assertEquals(2, second.get("epoch").intValue());
        assertEquals(0.8, second.at("/values/accuracy").doubleValue(), 1e-9);
        assertFalse(second.get("values").has("seconds"));
        assertEquals("done", list.at("/runs/1/state").textValue());
        var log = runs.resolve("group/second/metrics.jsonl");
        Files.setLastModifiedTime(log, FileTime.from(Instant.now().minusSeconds(3600)));
        assertEquals("stopped", Tiny.get(server, "/runs").json().at("/runs/1/state").textValue());
        Files.setLastModifiedTime(log, FileTime.from(Instant.now()));
        assertTrue(Tiny.get(server, "/v2").text().contains("\"runs\""));
    }

    @Test void aRunIsToldWithSettingsFilesAndItsEvaluation() {
        var about = get("/runs/run", "run", "first").json();
        assertEquals("fashion", about.at("/config/recipe").textValue());
        assertEquals(List.of("checkpoints/1/model.safetensors", "config.json", "confusion.png", "evaluation.json",
                "metrics.jsonl", "samples.txt"), about.get("files").findValuesAsText("path"));
        assertEquals("[[8,2],[1,9]]", about.at("/evaluation/confusion").toString());
        assertTrue(get("/runs/run", "run", "group/second").json().get("evaluation").isNull());
    }

    @Test void metricsAreFollowedWhileTheyGrow() throws IOException {
        Path run = SomeRuns.write(runs.resolve("growing"), 2, 9);
        Path log = run.resolve("metrics.jsonl");
        var first = get("/runs/metrics", "run", "growing").json();
        assertTrue(first.get("anew").booleanValue());
        assertEquals(4, first.get("rows").size(), first.toString());
        String next = first.get("next").textValue();
        assertEquals(0, get("/runs/metrics", "run", "growing", "from", next).json().get("rows").size());
        Files.writeString(log, SomeRuns.epoch(3) + "{\"step\":40,", StandardOpenOption.APPEND); // half a line
        var second = get("/runs/metrics", "run", "growing", "from", next).json();
        assertFalse(second.get("anew").booleanValue());
        assertEquals("[3]", second.get("rows").findValuesAsText("epoch").toString());
        Files.writeString(log, "\"loss\":1}\nnonsense\n", StandardOpenOption.APPEND);
        var third = get("/runs/metrics", "run", "growing", "from", second.get("next").textValue()).json();
        assertEquals("[40]", third.get("rows").findValuesAsText("step").toString(), "and the damaged one is left out");

        // a resumed run moves a file without the rows after its checkpoint into place
        Path other = Files.writeString(run.resolve("other"), SomeRuns.epoch(1) + "x".repeat(2000) + "\n");
        Files.move(other, log, StandardCopyOption.REPLACE_EXISTING);
        var anew = get("/runs/metrics", "run", "growing", "from", third.get("next").textValue()).json();
        assertTrue(anew.get("anew").booleanValue());
        assertEquals("[1]", anew.get("rows").findValuesAsText("epoch").toString());
        for (String wrong : List.of("x", "-", next.replaceFirst("\\d+$", "99999999999999999999"), "-1-1")) {
            assertTrue(get("/runs/metrics", "run", "growing", "from", wrong).json().get("anew").booleanValue(), wrong);
        }
        SomeRuns.delete(run);
    }

    @Test void aLongLogComesInParts() throws IOException {
        Path run = SomeRuns.write(runs.resolve("long"), 1, 9);
        String row = "{\"step\":1,\"epoch\":1,\"loss\":0.5,\"learning_rate\":0.1}\n";
        Files.writeString(run.resolve("metrics.jsonl"), row.repeat(40_000));
        int rows = 0;
        String from = "";
        for (int part = 0; ; part++) {
            var answer = get("/runs/metrics", "run", "long", "from", from).json();
            rows += answer.get("rows").size();
            from = answer.get("next").textValue();
            if (!answer.get("more").booleanValue()) break;
            assertTrue(part < 10);
        }
        assertEquals(40_000, rows);
        SomeRuns.delete(run);
    }

    @Test void roundsOfAFederationAreLikeEpochs() throws IOException {
        Path run = Files.createDirectories(runs.resolve("federation"));
        Files.writeString(run.resolve("config.json"), "{\"recipe\": \"mnist\"}");
        Files.writeString(run.resolve("rounds.jsonl"), "{\"round\":7,\"chosen\":10,\"trainLoss\":2.5,"
                + "\"values\":{\"loss\":2.25,\"accuracy\":0.5},\"bytesUp\":373414,\"seconds\":1.5}\n");
        assertEquals("{\"epoch\":7,\"step\":7,\"train_loss\":2.5,\"loss\":2.25,\"accuracy\":0.5,\"bytes_up\":373414,"
                + "\"seconds\":1.5}", get("/runs/metrics", "run", "federation").json().at("/rows/0").toString());
        SomeRuns.delete(run);
    }

    @Test void filesComeAsTheyAreAndRunNothing() throws IOException {
        var answer = get("/runs/file", "run", "first", "path", "samples.txt");
        assertEquals("a sample\n", answer.text());
        var headers = answer.response().headers();
        assertEquals("text/plain; charset=utf-8", headers.firstValue("Content-Type").orElse(""));
        assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElse(""));
        assertTrue(headers.firstValue("Content-Security-Policy").orElse("").startsWith("sandbox; default-src 'none'"));
        assertEquals("same-origin", headers.firstValue("Cross-Origin-Resource-Policy").orElse(""));
        assertEquals("image/png", get("/runs/file", "run", "first", "path", "confusion.png").response().headers()
                .firstValue("Content-Type").orElse(""));
        byte[] large = new byte[3_000_000];
        new Random(7).nextBytes(large);
        Files.write(runs.resolve("group/second/model.safetensors"), large);
        var request = Tiny.request(server, "/runs/file?run=group%2Fsecond&path=model.safetensors").GET().build();
        try (var client = HttpClient.newHttpClient()) {
            assertArrayEquals(large, client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Neither .. nor an absolute path nor a link leads out of the folder; secrets within it stay there. */
    @Test void nothingElseIsToldOrSent() throws IOException {
        Path first = runs.resolve("first");
        Files.createSymbolicLink(first.resolve("out.txt"), folder.resolve("secret.txt"));
        Files.createSymbolicLink(first.resolve("in.txt"), first.resolve("samples.txt"));
        Files.createSymbolicLink(first.resolve("up"), folder);
        Path elsewhere = SomeRuns.write(folder.resolve("elsewhere"), 1, 1);
        Files.createSymbolicLink(runs.resolve("linked"), elsewhere);
        Files.writeString(first.resolve("secret.key"), "secret");
        Files.writeString(first.resolve(".lock"), "secret");
        Files.createDirectories(first.resolve(".git"));
        Files.writeString(first.resolve(".git/config"), "secret");
        try {
            for (String path : List.of("../../secret.txt", "../secret.txt", "/etc/passwd", "..", ".", "", "nothing",
                    folder.resolve("secret.txt").toString(), "out.txt", "in.txt", "up/secret.txt", "secret.key",
                    ".lock", ".git/config", "checkpoints", "samples.txt/../../../secret.txt",
                    "..\\..\\secret.txt", "a\0b",
                    "x".repeat(500), "%2e%2e/%2e%2e/secret.txt")) {
                var answer = get("/runs/file", "run", "first", "path", path);
                assertEquals(404, answer.status(), path);
                assertTrue(answer.error().startsWith("path: expected one of the files of first. Received "), path);
            }
            for (String run : List.of("..", "../elsewhere", "linked", "/", "", "first/..", "first/up", "group", "model",
                    elsewhere.toString(), "first/../../elsewhere")) {
                for (String path : List.of("/runs/run", "/runs/metrics", "/runs/file")) {
                    var answer = get(path, "run", run, "path", "config.json");
                    assertEquals(404, answer.status(), path + " " + run);
                    assertTrue(answer.error().startsWith("run: expected one of those that /runs lists. "), run);
                }
            }
            assertEquals(List.of("first", "group/second"), Tiny.get(server, "/runs").json().get("runs")
                    .findValuesAsText("name").stream().sorted().toList());
            assertFalse(get("/runs/run", "run", "first").text().matches("(?s).*(secret|out\\.txt|in\\.txt|\\.git).*"));
        } finally {
            for (String made : List.of("out.txt", "in.txt", "up", "secret.key", ".lock", ".git/config", ".git")) {
                Files.delete(first.resolve(made));
            }
            Files.delete(runs.resolve("linked"));
        }
    }

    @Test void keysAreAskedForAndTheFolderMustBeThere() throws IOException {
        var keys = Files.write(folder.resolve("keys"), List.of("one"));
        var config = new ServeConfig(0, "127.0.0.1", keys.toString(), 8, 1, 16, 1000, 64, 60, 10, 0, "", "");
        try (var closed = InferenceServer.start(config, List.of(), runs, Device.CPU)) {
            for (String path : List.of("/runs", "/runs/run?run=first", "/runs/metrics?run=first",
                    "/runs/file?run=first&path=samples.txt")) {
                assertEquals(401, Tiny.get(closed, path).status(), path);
                assertEquals(200, Tiny.get(closed, path, "Authorization", "Bearer one").status(), path);
            }
            assertEquals(200, Tiny.get(closed, "/").status());
        }
        String message = assertThrows(IllegalArgumentException.class, () -> InferenceServer.start(config, List.of(),
                folder.resolve("none"), Device.CPU)).getMessage();
        assertTrue(message.contains("none: expected a folder with runs in it. Received nothing of that name"), message);
    }

    @Test void withoutRunsThereAreNoSuchPaths() {
        try (var plain = InferenceServer.start(ServeConfig.DEFAULT.port(0), List.of(), Device.CPU)) {
            assertEquals(404, Tiny.get(plain, "/runs").status());
            assertFalse(Tiny.get(plain, "/v2").text().contains("\"runs\""));
        }
    }

    @Test void thePageIsItsFilesAndNoOthers() {
        var page = Tiny.get(server, "/");
        assertTrue(page.text().startsWith("<!doctype html>"));
        assertTrue(page.response().headers().firstValue("Content-Security-Policy").orElse("")
                .contains("script-src 'self'"));
        for (var file : Map.of("page.css", "text/css; charset=utf-8", "main.js", "text/javascript; charset=utf-8",
                "icon.svg", "image/svg+xml").entrySet()) {
            var answer = Tiny.get(server, "/page/" + file.getKey());
            assertEquals(200, answer.status(), file.getKey());
            assertEquals(file.getValue(), answer.response().headers().firstValue("Content-Type").orElse(""));
        }
        for (String wrong : List.of("none.js", "..%2Fopenapi.json", "openapi.json", "Main.class", "%2e%2e", "a/b.js")) {
            assertEquals(404, Tiny.get(server, "/page/" + wrong).status(), wrong);
        }
    }
}
