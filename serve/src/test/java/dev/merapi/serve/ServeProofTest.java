package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a server endures: damaged requests, connections that say nothing, many clients for minutes. */
@Tag("proof")
class ServeProofTest {
    private static final ServeConfig CONFIG = new ServeConfig(0, "127.0.0.1", "", 32, 1, 256, 100_000, 64, 60, 10, 0,
            "", "");
    private static final Map<String, Object> TEXT = Map.of("model", "gpt", "prompt", "the cat", "max_tokens", 40);

    @TempDir private static Path folder;
    private static InferenceServer server;

    @BeforeAll static void start() throws IOException {
        Tiny.gpt(folder.resolve("gpt"));
        Tiny.encoder(folder.resolve("encoder"));
        Tiny.table(folder.resolve("titanic"));
        server = InferenceServer.start(CONFIG, List.of(folder.resolve("gpt"), folder.resolve("encoder"),
                folder.resolve("titanic")), Device.CPU);
    }

    @AfterAll static void stop() { server.close(); }

    private static final Map<String, Object> REQUESTS = Map.of(
            "/v1/completions", Map.of("model", "gpt", "prompt", "the cat", "max_tokens", 4, "temperature", 0.5, "stop",
                    List.of("a"), "logprobs", 2, "n", 2, "seed", 7, "stream", false),
            "/v1/chat/completions", Map.of("model", "gpt", "messages", List.of(Map.of("role", "user", "content", "hi")),
                    "max_tokens", 30, "response_format", Map.of("type", "json_schema", "json_schema", Map.of("schema",
                            Map.of("type", "object", "properties", Map.of("a", Map.of("type", "integer", "minimum",
                                    1)), "required", List.of("a"))))),
            "/v1/embeddings", Map.of("model", "encoder", "input", List.of("it rains", "Ann"), "encoding_format",
                    "float"),
            "/v1/rerank", Map.of("model", "encoder", "query", "cat", "documents", List.of("a", "b"), "top_n", 1),
            "/v2/models/titanic/predict", Map.of("inputs", List.of(Map.of("age", 30, "sex", "f")), "top", 2),
            "/v2/models/titanic/infer", Map.of("inputs", List.of(Tiny.tensor("age", "FP64", List.of(20)),
                    Tiny.tensor("sex", "BYTES", List.of("f")))));

    @Test void damagedRequestsAreAnsweredAndBreakNothing() throws IOException {
        JsonNode expected = Tiny.post(server, "/v1/completions", TEXT).json().at("/choices/0/text");
        var random = new SplittableRandom(11);
        var statuses = new TreeMap<Integer, Integer>();
        for (int i = 0; i < 10_000; i++) {
            var request = List.copyOf(new TreeMap<>(REQUESTS).entrySet()).get(i % REQUESTS.size());
            byte[] body = mutated(Inputs.JSON.writeValueAsBytes(request.getValue()), random);
            var answer = Tiny.post(server, request.getKey(), body);
            assertTrue(answer.status() < 500, request.getKey() + " " + new String(body) + " had " + answer.text());
            statuses.merge(answer.status(), 1, Integer::sum);
        }
        System.out.println("damaged requests by status: " + statuses);
        assertEquals(expected, Tiny.post(server, "/v1/completions", TEXT).json().at("/choices/0/text"));
    }

    /** A byte changed, a piece left out or there twice, a number or a word for another. */
    private static byte[] mutated(byte[] body, SplittableRandom random) {
        String text = new String(body, StandardCharsets.UTF_8);
        int from = random.nextInt(text.length()), to = Math.min(text.length(), from + random.nextInt(12));
        String piece = text.substring(from, to);
        String changed = switch (random.nextInt(6)) {
            case 0 -> text.substring(0, from) + (char) random.nextInt(1, 0x3000) + text.substring(from);
            case 1 -> text.substring(0, from) + text.substring(to);
            case 2 -> text.substring(0, to) + piece + text.substring(to);
            case 3 -> text.replaceFirst("\\d+", List.of("-1", "1e9", "null", "\"x\"", "99999999999999999999", "[]")
                    .get(random.nextInt(6)));
            case 4 -> text.replaceFirst("\"\\w+\"(?!:)", List.of("null", "{}", "3", "[[[[]]]]", "\"\\u0000\\ud800\"")
                    .get(random.nextInt(5)));
            default -> text.replaceFirst("\\[[^\\[\\]]*]", List.of("[]", "{}", "\"\"", "[null]")
                    .get(random.nextInt(4)));
        };
        byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(5) == 0 && bytes.length > 0) bytes[random.nextInt(bytes.length)] ^= (byte) 0x80;
        return bytes;
    }

    @Test void thousandConnectionsThatSayNothingHoldUpNobody() throws Exception {
        JsonNode expected = Tiny.post(server, "/v1/completions", TEXT).json().at("/choices/0/text");
        var idle = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 1000; i++) {
                var socket = new Socket("127.0.0.1", server.port());
                idle.add(socket);
                if (i % 2 == 0) socket.getOutputStream().write("POST /v1/completions HTTP/1.1\r\nHost: loc".getBytes());
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(expected, Tiny.post(server, "/v1/completions", TEXT).json().at("/choices/0/text"));
            }
        } finally {
            for (var socket : idle) socket.close();
        }
    }

    @Test void manyClientsGetWhatOneGetsAndMemoryStays() throws Exception { endure(server, "gpt"); }

    /** GPT-2's smallest has 124 million weights, a third of them in the vocabulary; here all are in 18 blocks. */
    @Test void aModelOf128MillionWeightsIsThreeTimesAsFastForManyClients(@TempDir Path own) throws Exception {
        Tiny.gpt(own.resolve("large"), 1024, 18, 12, 768);
        try (var large = InferenceServer.start(CONFIG, List.of(own.resolve("large")), Device.CPU)) {
            assertTrue(endure(large, "large") > 3);
        }
    }

    /**
     * Lets 32 clients ask, for as many seconds as the property {@code seconds} says.
     *
     * @return how many texts come in a second beside those of one client alone
     */
    private static double endure(InferenceServer server, String model) throws Exception {
        var texts = new ArrayList<Map<String, Object>>();
        for (String prompt : List.of("the cat", "Ann lives in", "0123", "hello world how")) {
            texts.add(Map.of("model", model, "prompt", prompt, "max_tokens", 40, "temperature", 0));
        }
        var expected = texts.stream().map(text -> Tiny.stream(server, text).text()).toList();
        long alone = System.nanoTime();
        for (int i = 0; i < 12; i++) Tiny.stream(server, texts.get(i % texts.size()));
        double one = 12 / ((System.nanoTime() - alone) / 1e9);
        long seconds = Long.getLong("seconds", 60), warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds / 3);
        long start = System.nanoTime(), end = start + TimeUnit.SECONDS.toNanos(seconds), live = Scope.live();
        var firsts = new ConcurrentLinkedQueue<Long>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < 32; i++) {
                int which = i % texts.size();
                all.add(clients.submit(() -> {
                    while (System.nanoTime() < end) {
                        var streamed = Tiny.stream(server, texts.get(which));
                        assertEquals(expected.get(which), streamed.text());
                        firsts.add(streamed.first());
                    }
                    return null;
                }));
            }
            while (System.nanoTime() < warm) Thread.sleep(50);
            long before = resident();
            for (var client : all) client.get();
            long after = resident();
            double many = firsts.size() / ((System.nanoTime() - start) / 1e9);
            var sorted = firsts.stream().sorted().mapToLong(nanos -> nanos / 1_000_000).toArray();
            System.out.printf("%s, 32 clients for %d s: %d texts, %.1f a second (one client %.1f), first piece after %d"
                    + " ms (median), %d ms (99 %%), RSS %d to %d MiB%n", model, seconds, sorted.length, many, one,
                    sorted[sorted.length / 2], sorted[sorted.length * 99 / 100], before >> 20, after >> 20);
            assertTrue(after < 1.1 * before, before + " became " + after);
            return many / one;
        } finally {
            while (Scope.live() > live) Thread.sleep(1); // the last batch is closed by the engine's thread
        }
    }

    private static long resident() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", ""))).sum();
    }
}
