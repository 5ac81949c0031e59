package dev.merapi.serve;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Pictures and tables by KServe's interface and the plain one, and what a server refuses. */
class InferenceServerTest {
    private static final ServeConfig CONFIG = new ServeConfig(0, "127.0.0.1", "", 8, 1, 16, 100_000, 64, 60, 10, 0, "",
            "");

    @TempDir private static Path folder;
    private static InferenceServer server;
    private static String red;

    @BeforeAll static void start() throws IOException {
        var pixels = new byte[3 * 16 * 16];
        for (String name : List.of("red", "blue")) {
            Files.createDirectories(folder.resolve("pictures/" + name));
            int channel = name.equals("red") ? 0 : 2;
            for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i % 3 == channel ? 200 : 0);
            for (int i = 0; i < 10; i++) {
                pixels[0] = (byte) i;
                new Image(16, 16, 3, pixels.clone()).write(folder.resolve("pictures/" + name + "/" + i + ".png"));
            }
        }
        red = Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("pictures/red/1.png")));
        Tiny.train(folder.resolve("colours"), "image-folder", "data=" + folder.resolve("pictures"),
                "model=batch_norm_cnn", "image_size=16", "epochs=1", "augment=false", "batch_size=8");
        Tiny.table(folder.resolve("titanic"));
        server = InferenceServer.start(CONFIG, List.of(folder.resolve("colours"), folder.resolve("titanic")),
                Device.CPU);
    }

    @AfterAll static void stop() { server.close(); }

    @Test void healthAndModelsAreTold() {
        assertTrue(Tiny.get(server, "/v2/health/live").json().get("live").booleanValue());
        assertTrue(Tiny.get(server, "/v2/health/ready").json().get("ready").booleanValue());
        var colours = Tiny.get(server, "/v2/models/colours").json();
        assertEquals("picture", colours.at("/inputs/0/name").textValue());
        assertEquals("BYTES", colours.at("/inputs/0/datatype").textValue());
        var titanic = Tiny.get(server, "/v2/models/titanic").json();
        assertEquals(List.of("age", "sex"), titanic.get("inputs").findValuesAsText("name"));
        assertEquals("colours", Tiny.get(server, "/v1/models").json().at("/data/0/id").textValue());
        assertTrue(Tiny.get(server, "/").text().startsWith("<!doctype html>"));
        Tiny.get(server, "/openapi.json").json().get("paths").fieldNames()
                .forEachRemaining(path -> assertFalse(Tiny.get(server, path.replace("{model}", "colours"))
                        .status() >= 500, path));
    }

    @Test void aPictureHasTheClassesThatPredictGives() {
        var plain = Tiny.post(server, "/v2/models/colours/predict", Map.of("inputs", List.of(red), "top", 1)).json();
        String label = plain.at("/answers/0/0/label").textValue();
        var tensors = Tiny.post(server, "/v2/models/colours/infer", Map.of("id", "7", "inputs",
                List.of(Tiny.tensor("picture", "BYTES", List.of(red, "data:image/png;base64," + red))))).json();
        assertEquals("7", tensors.get("id").textValue());
        assertEquals(label, tensors.at("/outputs/0/data/0").textValue());
        assertEquals(label, tensors.at("/outputs/0/data/1").textValue());
        assertEquals(plain.at("/answers/0/0/probability").doubleValue(),
                Math.max(tensors.at("/outputs/1/data/0").doubleValue(), tensors.at("/outputs/1/data/1").doubleValue()),
                1e-4);
        var image = Image.read(Base64.getDecoder().decode(red));
        var raw = Map.of("name", "picture", "datatype", "UINT8", "shape", List.of(1, 16, 16, 3), "data",
                IntStream.range(0, 768).map(i -> image.pixels()[i] & 0xFF).boxed().toList());
        assertEquals(label, Tiny.post(server, "/v2/models/colours/infer", Map.of("inputs", List.of(raw))).json()
                .at("/outputs/0/data/0").textValue());
    }

    @Test void rowsHaveTheAnswersThatTheirTableHas() {
        var rows = List.of(Map.of("age", 20, "sex", "f"), Map.of("sex", "m"));
        var plain = Tiny.post(server, "/v2/models/titanic/predict", Map.of("inputs", rows)).json().get("answers");
        assertEquals(2, plain.size());
        assertEquals(1, plain.get(0).get("survived_yes").doubleValue() + plain.get(0).get("survived_no").doubleValue(),
                1e-5);
        var infer = Tiny.post(server, "/v2/models/titanic/infer", Map.of("inputs", List.of(
                Tiny.tensor("age", "FP64", Arrays.asList(20, null)),
                Tiny.tensor("sex", "BYTES", List.of("f", "m"))))).json().get("outputs");
        assertEquals("survived_predicted", infer.get(0).get("name").textValue());
        assertEquals(plain.get(1).get("survived_predicted"), infer.get(0).get("data").get(1));
    }

    @Test void whatIsWrongIsSaid() {
        refused(404, "model: expected one of [colours, titanic]. Received x.", "/v2/models/x/infer", "{}");
        refused(404, "No such path", "/v3", "{}");
        refused(400, "body: not JSON.", "/v2/models/colours/infer", "{\"inputs\": [");
        refused(400, "body: not JSON.", "/v2/models/colours/infer", "{} {}");
        refused(400, "body: expected a JSON object. Received [].", "/v2/models/colours/infer", "[]");
        refused(400, "body: expected text in UTF-8.", "/v2/models/colours/infer", new byte[] {'"', (byte) 0xC3, '"'});
        refused(400, "inputs: expected tensors", "/v2/models/colours/infer", "{}");
        refused(400, "a.data: expected values of BYTES. Received 1.", "/v2/models/colours/infer",
                Map.of("inputs", List.of(Tiny.tensor("a", "BYTES", List.of(1)))));
        refused(400, "a.data: expected 3 values, by its shape. Received 1.", "/v2/models/colours/infer",
                Map.of("inputs", List.of(Map.of("name", "a", "shape", List.of(3), "datatype", "BYTES", "data",
                        List.of("x")))));
        refused(400, "a.shape: expected sizes from 1, such as [1]. Received [0].", "/v2/models/titanic/infer",
                Map.of("inputs", List.of(Tiny.tensor("a", "BYTES", List.of()))));
        refused(400, "p.shape: expected sizes from 1", "/v2/models/colours/infer", Map.of("inputs", List.of(
                Map.of("name", "p", "datatype", "UINT8", "shape", List.of(Integer.MAX_VALUE, 0, 1, 3), "data",
                        List.of()))));
        refused(400, "a.datatype: expected BYTES", "/v2/models/colours/infer",
                Map.of("inputs", List.of(Tiny.tensor("a", "TEXT", List.of("x")))));
        refused(400, "inputs: expected a picture's file (PNG, JPEG, …) in base64", "/v2/models/colours/predict",
                Map.of("inputs", List.of("aGVsbG8=")));
        refused(400, "inputs: expected a picture's file", "/v2/models/colours/predict",
                Map.of("inputs", List.of(folder.resolve("pictures/red/1.png").toString()))); // no file is opened
        refused(400, "inputs: expected objects, a row's values by column. Received \"/etc/passwd\".",
                "/v2/models/titanic/predict", Map.of("inputs", List.of("/etc/passwd")));
        refused(400, "inputs: expected the columns [age, sex]. Received sax.", "/v2/models/titanic/predict",
                Map.of("inputs", List.of(Map.of("sax", 1))));
        refused(400, "age: expected a value of kind", "/v2/models/titanic/predict",
                Map.of("inputs", List.of(Map.of("age", "old"))));
        refused(413, "body: expected at most 100000 bytes", "/v2/models/colours/infer", "x".repeat(100_001));
        refused(413, "colours: expected at most 16 inputs", "/v2/models/colours/predict",
                Map.of("inputs", Collections.nCopies(17, red)));
        var plain = Tiny.send(Tiny.request(server, "/v2/models/colours/infer")
                .POST(HttpRequest.BodyPublishers.ofString("{}")).build());
        assertEquals(415, plain.status()); // what a page from elsewhere may send without asking
    }

    /** The JDK's readers fail in many ways, each of which is the sender's fault. */
    @Test void damagedPicturesAreRefused() {
        byte[] tiff = Base64.getDecoder().decode("SUkqAAwAAAAKyB4oCQAAAQQAAQAAAAIAAAABAQQAAQAAAAIAAAACAQMAAQAAAAgAAAAD"
                + "AQMAAQAAAAEAAAAGAQMAAQAAAAEAAAARAQQAAQAAAAgAAAAVAQMAAQAAAAEAAAAWAQQAAQAAAAIAAAAXAQQAAQAAAAQAAAAA"
                + "AAAA");
        var statuses = new TreeMap<Integer, Integer>();
        var random = new SplittableRandom(5);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = tiff.clone();
            if (i > 0) damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            if (i % 3 == 1) Arrays.fill(damaged, random.nextInt(4, 100), damaged.length, (byte) random.nextInt(-1, 1));
            statuses.merge(Tiny.post(server, "/v2/models/colours/predict", Map.of("inputs",
                    List.of(Base64.getEncoder().encodeToString(damaged)))).status(), 1, Integer::sum);
        }
        assertEquals(Set.of(200, 400), statuses.keySet(), statuses.toString());
    }

    /** White compresses well: of a hundred bytes, thousands of pixels are made. */
    @Test void picturesOfARequestAreBoundedTogether() throws IOException {
        var file = folder.resolve("white.png");
        new Image(4000, 4000, 1, new byte[16_000_000]).write(file);
        String white = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        refused(413, "inputs: expected pictures of at most 50000000 pixels in a request.",
                "/v2/models/colours/predict", Map.of("inputs", Collections.nCopies(4, white)));
    }

    private static void refused(int status, String message, String path, Object body) {
        var answer = Tiny.post(server, path, body);
        assertEquals(status, answer.status(), answer.text());
        assertTrue(answer.error().startsWith(message), answer.text());
    }

    @Test void aWrongInputSpoilsNoOther() {
        var both = Tiny.post(server, "/v2/models/colours/predict", Map.of("inputs", List.of(red)));
        assertEquals(200, both.status());
        var batcher = new Batcher<Integer, Integer>("b", inputs -> {
            if (inputs.contains(13)) throw new IllegalArgumentException("13");
            return inputs;
        }, CONFIG, new Metrics());
        try (batcher; var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var wrong = threads.submit(() -> batcher.ask(List.of(13)));
            var right = threads.submit(() -> batcher.ask(List.of(1, 2)));
            assertEquals(List.of(1, 2), right.get());
            assertThrows(Exception.class, wrong::get);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test void requestsThatWaitAreOneBatchAndTooManyComeBackLater() throws Exception {
        var sizes = Collections.synchronizedList(new ArrayList<Integer>());
        var first = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var metrics = new Metrics();
        var batcher = new Batcher<Integer, Integer>("b", inputs -> {
            sizes.add(inputs.size());
            first.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return inputs.stream().map(i -> i * i).toList();
        }, new ServeConfig(0, "127.0.0.1", "", 4, 0, 6, 1, 1, 60, 1, 0, "", ""), metrics);
        try (batcher; var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<List<Integer>>>();
            answers.add(threads.submit(() -> batcher.ask(List.of(0))));
            first.await(); // the model is busy; five more may wait
            for (int i = 1; i < 6; i++) {
                int input = i;
                answers.add(threads.submit(() -> batcher.ask(List.of(input))));
            }
            while (!metrics.text().contains("merapi_queue{model=\"b\"} 5")) Thread.onSpinWait();
            assertEquals(429, assertThrows(Refusal.class, () -> batcher.ask(List.of(6))).status());
            goOn.countDown();
            for (int i = 0; i < 6; i++) assertEquals(List.of(i * i), answers.get(i).get());
        }
        assertEquals(List.of(1, 4, 1), sizes);
    }

    @Test void aKeyIsAskedFor() throws IOException {
        var keys = Files.writeString(folder.resolve("keys"), "one\ntwo\n");
        var config = new ServeConfig(0, "127.0.0.1", keys.toString(), 8, 1, 16, 1000, 64, 60, 10, 0, "", "");
        try (var closed = InferenceServer.start(config, List.of(folder.resolve("titanic")), Device.CPU)) {
            var wrong = Tiny.get(closed, "/v1/models", "Authorization", "Bearer three");
            assertEquals(401, wrong.status());
            assertEquals("invalid_api_key", wrong.json().at("/error/code").textValue());
            assertEquals(401, Tiny.get(closed, "/metrics").status());
            assertEquals(200, Tiny.get(closed, "/v1/models", "Authorization", "Bearer two").status());
            assertEquals(200, Tiny.get(closed, "/v2/health/live").status());
        }
        assertEquals("host: expected 127.0.0.1, or a file of API keys (keys=…) for a server that other machines can"
                + " reach. Received 0.0.0.0 without keys.", assertThrows(IllegalArgumentException.class, () ->
                InferenceServer.start(new ServeConfig(0, "0.0.0.0", "", 1, 0, 1, 1, 1, 1, 1, 0, "", ""), List.of(),
                        Device.CPU))
                .getMessage());
    }

    @Test void nothingIsLeftAlive() {
        long before = Scope.live();
        try (var own = InferenceServer.start(CONFIG, List.of(folder.resolve("colours")), Device.CPU)) {
            long open = Scope.live();
            for (int i = 0; i < 3; i++) {
                assertEquals(200, Tiny.post(own, "/v2/models/colours/predict", Map.of("inputs", List.of(red)))
                        .status());
            }
            assertTrue(Scope.live() <= open);
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void whatHappensIsCounted() {
        Tiny.post(server, "/v2/models/colours/predict", Map.of("inputs", List.of(red)));
        String text = Tiny.get(server, "/metrics").text();
        assertTrue(text.contains("# TYPE merapi_requests_total counter\n"), text);
        assertTrue(text.contains("merapi_requests_total{path=\"/v2/models/{model}/predict\",status=\"200\"} "), text);
        assertTrue(text.contains("merapi_batch_size_bucket{model=\"colours\",le=\"+Inf\"} "), text);
        for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
            assertTrue(line.matches("[a-z_]+(\\{([a-z]+=\"[^\"]*\",?)+})? [-0-9.E]+"), line);
        }
    }
}
