package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Keys with limits, HTTPS, models that are opened anew, tensors as bytes. */
class OperationsTest {
    private static final ServeConfig CONFIG = ServeConfig.DEFAULT.port(0);

    @TempDir private static Path folder;

    @BeforeAll static void make() throws IOException {
        Tiny.gpt(folder.resolve("gpt"));
        Tiny.table(folder.resolve("titanic"));
    }

    @Test void aKeyHasARateOfItsOwn() throws IOException {
        var keys = Files.write(folder.resolve("keys"), List.of("one", "two"));
        var config = new ServeConfig(0, "127.0.0.1", keys.toString(), 8, 1, 16, 1000, 64, 60, 10, 12, "", "");
        try (var server = InferenceServer.start(config, List.of(folder.resolve("gpt")), Device.CPU)) {
            for (int i = 0; i < 2; i++) { // a sixth of the minute's 12 at once
                assertEquals(200, Tiny.get(server, "/v1/models", "Authorization", "Bearer one").status());
            }
            var third = Tiny.get(server, "/v1/models", "Authorization", "Bearer one");
            assertEquals(429, third.status());
            assertTrue(third.error().startsWith("Expected at most 12 requests a minute"), third.text());
            assertEquals("1", third.response().headers().firstValue("Retry-After").orElse(""));
            assertEquals(200, Tiny.get(server, "/v1/models", "Authorization", "Bearer two").status());
        }
        var bucket = new RateLimit(60);
        long now = System.nanoTime();
        for (int i = 0; i < 10; i++) assertTrue(bucket.taken(now));
        assertTrue(!bucket.taken(now) && bucket.taken(now + 1_100_000_000L) && !bucket.taken(now + 1_200_000_000L));
    }

    @Test void answersComeByHttps() throws Exception {
        var file = folder.resolve("server.p12");
        var password = Files.writeString(folder.resolve("password"), "secret\n");
        var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
                "san=ip:127.0.0.1,dns:localhost", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass",
                "secret").inheritIO().start();
        assertEquals(0, keytool.waitFor());
        var store = KeyStore.getInstance(file.toFile(), "secret".toCharArray());
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", (X509Certificate) store.getCertificate("a"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        var config = CONFIG.tls(file.toString(), password.toString());
        try (var server = InferenceServer.start(config, List.of(folder.resolve("titanic")), Device.CPU);
                var client = HttpClient.newBuilder().sslContext(context).build()) {
            var answer = client.send(HttpRequest.newBuilder(URI.create("https://localhost:" + server.port()
                    + "/v1/models")).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
        }
        Files.writeString(password, "other");
        String message = assertThrows(IllegalArgumentException.class, () -> InferenceServer.start(config, List.of(),
                Device.CPU)).getMessage();
        assertTrue(message.startsWith("tls: expected a PKCS #12 file with a certificate and its key"), message);
    }

    /** Requests that run, and those that come meanwhile, are all answered; the old model's memory is free. */
    @Test void aModelIsOpenedAnewWithoutALostRequest() throws Exception {
        try (var server = InferenceServer.start(CONFIG, List.of(folder.resolve("gpt")), Device.CPU);
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var body = Map.of("model", "gpt", "prompt", "the cat", "max_tokens", 60);
            JsonNode text = Tiny.post(server, "/v1/completions", body).json().at("/choices/0/text");
            long before = Scope.live();
            var going = new AtomicBoolean(true);
            var answered = new AtomicInteger();
            var all = List.of(1, 2, 3, 4).stream().map(_ -> clients.submit(() -> {
                while (going.get()) {
                    assertEquals(text, Tiny.post(server, "/v1/completions", body).json().at("/choices/0/text"));
                    answered.incrementAndGet();
                }
                return null;
            })).toList();
            try {
                for (int i = 0; i < 3; i++) {
                    int now = answered.get();
                    assertEquals("READY", Tiny.post(server, "/v2/repository/models/gpt/load", "{}").json()
                            .path("state").asText());
                    while (answered.get() < now + 8 && all.stream().noneMatch(Future::isDone)) Thread.sleep(1);
                }
            } finally {
                going.set(false);
            }
            for (var one : all) one.get();
            while (Scope.live() > before) Thread.sleep(1); // the last batch is closed by the engine's thread
            assertEquals(404, Tiny.post(server, "/v2/repository/models/x/load", "{}").status());
        }
    }

    /** Half a request, and an answer that nobody fetches, would hold the old model for ever. */
    @Test void aClientThatSaysNothingHoldsUpNoReload() throws Exception {
        var impatient = new ServeConfig(0, "127.0.0.1", "", 8, 1, 16, 10_000, 4000, 1, 10, 0, "", "");
        try (var server = InferenceServer.start(impatient, List.of(folder.resolve("gpt")), Device.CPU);
                var half = new Socket("127.0.0.1", server.port()); var deaf = new Socket()) {
            half.getOutputStream().write(head(100).getBytes(StandardCharsets.UTF_8));
            deaf.setReceiveBufferSize(1);
            deaf.connect(half.getRemoteSocketAddress());
            String body = "{\"model\":\"gpt\",\"prompt\":\"a\",\"max_tokens\":3000,"
                    + "\"n\":8,\"logprobs\":5,\"stream\":true}";
            deaf.getOutputStream().write((head(body.length()) + body).getBytes(StandardCharsets.UTF_8));
            assertEquals(200, Tiny.post(server, "/v2/repository/models/gpt/load", "").status());
            assertEquals(-1, half.getInputStream().read(), "the half request's connection is closed");
        }
    }

    private static String head(int length) {
        return "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + length + "\r\n\r\n";
    }

    @Test void aPageFromElsewhereReloadsNothing() {
        try (var server = InferenceServer.start(CONFIG, List.of(folder.resolve("gpt")), Device.CPU)) {
            String path = "/v2/repository/models/gpt/load", own = "http://127.0.0.1:" + server.port();
            assertEquals(403, Tiny.post(server, path, "", "Origin", "https://example.org").status());
            assertEquals(403, Tiny.post(server, path, "", "Origin", "null").status());
            assertEquals(200, Tiny.post(server, path, "", "Origin", own).status());
        }
    }

    private static byte[] elements(String... texts) {
        var buffer = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        for (String text : texts) buffer.putInt(text.length()).put(text.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    @Test void tensorsMayBeBytes() throws Exception {
        var ages = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(20).putDouble(41).array();
        byte[] sexes = elements("f", "m");
        var json = Map.of("parameters", Map.of("binary_data_output", true), "inputs", List.of(
                Map.of("name", "age", "datatype", "FP64", "shape", List.of(2), "parameters",
                        Map.of("binary_data_size", 16)),
                Map.of("name", "sex", "datatype", "BYTES", "shape", List.of(2), "parameters", Map.of("binary_data_size",
                        sexes.length))));
        byte[] head = Inputs.JSON.writeValueAsBytes(json);
        byte[] whole = ByteBuffer.allocate(head.length + 16 + sexes.length).put(head).put(ages).put(sexes).array();
        try (var server = InferenceServer.start(CONFIG, List.of(folder.resolve("titanic")), Device.CPU);
                var client = HttpClient.newHttpClient()) {
            var plain = Tiny.post(server, "/v2/models/titanic/infer", Map.of("inputs", List.of(
                    Tiny.tensor("age", "FP64", List.of(20, 41)),
                    Tiny.tensor("sex", "BYTES", List.of("f", "m"))))).json();
            var answer = client.send(binary(server, whole, head.length), HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(200, answer.statusCode(), new String(answer.body()));
            int length = Integer.parseInt(answer.headers().firstValue("Inference-Header-Content-Length").orElse("0"));
            JsonNode outputs = Inputs.JSON.readTree(Arrays.copyOf(answer.body(), length)).get("outputs");
            var rest = ByteBuffer.wrap(answer.body(), length, answer.body().length - length)
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < outputs.size(); i++) {
                for (JsonNode expected : plain.at("/outputs/" + i + "/data")) {
                    if (outputs.get(i).get("datatype").textValue().equals("BYTES")) {
                        var element = new byte[rest.getInt()];
                        rest.get(element);
                        assertEquals(expected.asText(), new String(element, StandardCharsets.UTF_8));
                    } else assertEquals(expected.doubleValue(), rest.getDouble(), 1e-6);
                }
            }
            assertEquals(0, rest.remaining());
            var cut = client.send(binary(server, Arrays.copyOf(whole, whole.length - 1), head.length),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(400, cut.statusCode());
            assertTrue(cut.body().contains("sex.binary_data_size: expected at most the 9 bytes left."), cut.body());
            for (byte wrong : new byte[] {-1, 100}) { // a length below 0, or beyond the tensor's end
                byte[] lying = whole.clone();
                lying[head.length + 16 + 3] = wrong;
                var answered = client.send(binary(server, lying, head.length), HttpResponse.BodyHandlers.ofString());
                assertTrue(answered.body().contains("sex.binary_data_size: expected whole values"), answered.body());
            }
            byte[] noText = whole.clone();
            noText[head.length + 16 + 4] = (byte) 0xFF;
            var answered = client.send(binary(server, noText, head.length), HttpResponse.BodyHandlers.ofString());
            assertTrue(answered.body().contains("BYTES: expected text in UTF-8."), answered.body());
        }
    }

    private static HttpRequest binary(InferenceServer server, byte[] body, int length) {
        return Tiny.request(server, "/v2/models/titanic/infer").header("Content-Type", "application/octet-stream")
                .header("Inference-Header-Content-Length", String.valueOf(length))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }
}
