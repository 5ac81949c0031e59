package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.pipeline.TextGenerator;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** OpenAI's interface on a GPT-2 and a sentence encoder of random weights. */
class OpenAiTest {
    private static final ServeConfig CONFIG = new ServeConfig(0, "127.0.0.1", "", 8, 1, 64, 100_000, 4096, 120, 10, 0,
            "", "");

    @TempDir private static Path folder;
    private static InferenceServer server;
    private static TextGenerator alone;

    @BeforeAll static void start() {
        Tiny.gpt(folder.resolve("gpt"));
        Tiny.encoder(folder.resolve("encoder"));
        alone = TextGenerator.open(folder.resolve("gpt"));
        server = InferenceServer.start(CONFIG, List.of(folder.resolve("gpt"), folder.resolve("encoder")), Device.CPU);
    }

    @AfterAll static void stop() {
        server.close();
        alone.close();
    }

    private static Map<String, Object> body(Object... more) {
        var body = new HashMap<String, Object>(Map.of("model", "gpt", "max_tokens", 12));
        for (int i = 0; i < more.length; i += 2) body.put((String) more[i], more[i + 1]);
        return body;
    }

    @Test void aTextIsWhatTheModelWritesAlone() {
        var answer = Tiny.post(server, "/v1/completions", body("prompt", List.of("the cat", "Ann"))).json();
        var options = Generation.DEFAULT.maxTokens(12);
        assertEquals(alone.generate("the cat", options), answer.at("/choices/0/text").textValue());
        assertEquals(alone.generate("Ann", options), answer.at("/choices/1/text").textValue());
        assertEquals("text_completion", answer.get("object").textValue());
        assertEquals("length", answer.at("/choices/0/finish_reason").textValue());
        int prompt = alone.encode("the cat").length + alone.encode("Ann").length;
        assertEquals(prompt, answer.at("/usage/prompt_tokens").intValue());
        assertEquals(24, answer.at("/usage/completion_tokens").intValue());
        assertEquals(prompt + 24, answer.at("/usage/total_tokens").intValue());
    }

    @Test void textsOfManyClientsAreWhatEachGetsAlone() throws Exception {
        var options = Generation.DEFAULT.temperature(0.9).topP(0.95).seed(3);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 12; i++) {
                var body = body("prompt", Tiny.TEXTS.get(i % 4), "max_tokens", 5 + 7 * i, "temperature", 0.9, "top_p",
                        0.95, "seed", 3);
                answers.add(clients.submit(() -> Tiny.post(server, "/v1/completions", body).json()
                        .at("/choices/0/text").textValue()));
            }
            for (int i = 0; i < 12; i++) {
                assertEquals(alone.generate(Tiny.TEXTS.get(i % 4), options.maxTokens(5 + 7 * i)), answers.get(i).get());
            }
        }
    }

    @Test void aStreamIsTheWholeTextInPieces() {
        var messages = List.of(Map.of("role", "system", "content", "hello"), Map.of("role", "user", "content",
                List.of(Map.of("type", "text", "text", "how are you"))));
        String whole = Tiny.post(server, "/v1/chat/completions", body("messages", messages)).json()
                .at("/choices/0/message/content").textValue();
        var stream = Tiny.post(server, "/v1/chat/completions", body("messages", messages, "stream", true,
                "stream_options", Map.of("include_usage", true)));
        assertEquals("text/event-stream; charset=utf-8", stream.response().headers().firstValue("Content-Type").get());
        var lines = stream.text().lines().filter(line -> !line.isEmpty()).toList();
        assertTrue(lines.stream().allMatch(line -> line.startsWith("data: ")), stream.text());
        assertEquals("data: [DONE]", lines.getLast());
        var chunks = lines.stream().limit(lines.size() - 1).map(line -> json(line.substring(6))).toList();
        assertEquals("assistant", chunks.getFirst().at("/choices/0/delta/role").textValue());
        assertEquals(whole, chunks.stream().map(chunk -> chunk.at("/choices/0/delta/content").asText(""))
                .collect(Collectors.joining()));
        assertEquals("length", chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").textValue());
        assertEquals(12, chunks.getLast().at("/usage/completion_tokens").intValue());
        assertTrue(chunks.size() > 4, "more than one piece");
    }

    private static JsonNode json(String text) { return new Tiny.Answer(200, null, text).json(); }

    @Test void seedsAndStopsAreObeyed() {
        var several = Tiny.post(server, "/v1/completions", body("prompt", "the", "n", 3, "temperature", 1.5, "seed",
                5)).json();
        var again = Tiny.post(server, "/v1/completions", body("prompt", "the", "n", 3, "temperature", 1.5, "seed",
                5)).json();
        assertEquals(several.get("choices"), again.get("choices"));
        assertEquals(3, several.get("choices").findValuesAsText("text").stream().distinct().count());
        String text = several.at("/choices/0/text").textValue();
        String stop = text.substring(4, 6);
        var stopped = Tiny.post(server, "/v1/completions", body("prompt", "the", "temperature", 1.5, "seed", 5,
                "stop", stop)).json();
        assertEquals(text.substring(0, text.indexOf(stop)), stopped.at("/choices/0/text").textValue());
        assertEquals("stop", stopped.at("/choices/0/finish_reason").textValue());
    }

    @Test void vectorsAreThoseOfTheEncoder() {
        var texts = List.of("Ann lives in Rome", "it rains");
        var answer = Tiny.post(server, "/v1/embeddings", Map.of("model", "encoder", "input", texts)).json();
        var bytes = Base64.getDecoder().decode(Tiny.post(server, "/v1/embeddings", Map.of("model", "encoder", "input",
                texts.get(1), "encoding_format", "base64")).json().at("/data/0/embedding").textValue());
        var vector = answer.at("/data/1/embedding");
        double squares = 0;
        for (int i = 0; i < vector.size(); i++) {
            float same = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * i);
            assertEquals(vector.get(i).floatValue(), same, 1e-5f);
            squares += same * same;
        }
        assertEquals(1, squares, 1e-4);
        assertTrue(answer.at("/usage/prompt_tokens").intValue() > 4);
    }

    @Test void whatIsWrongIsSaidInOpenAisForm() {
        refused(404, "model_not_found", "model: expected one of [gpt, encoder]. Received x.", "/v1/completions",
                body("model", "x", "prompt", "a"));
        refused(400, null, "model: expected the name of one of [gpt, encoder]. Received none.", "/v1/embeddings",
                Map.of("input", "a"));
        refused(400, null, "prompt: expected a text or a list of texts. Received 7.", "/v1/completions",
                body("prompt", 7));
        refused(400, null, "prompt: expected a text of at least one token. Received an empty one.", "/v1/completions",
                body("prompt", ""));
        refused(400, null, "temperature: expected a number from 0.0 to 2.0. Received \"hot\".", "/v1/completions",
                body("prompt", "a", "temperature", "hot"));
        refused(400, null, "n: expected 1 to 128. Received 129.", "/v1/completions", body("prompt", "a", "n", 129));
        refused(400, "context_length_exceeded", "max_tokens: expected at most ", "/v1/completions",
                body("prompt", "a", "max_tokens", 5000));
        refused(400, "context_length_exceeded", "prompt: expected at most 4096 tokens", "/v1/completions",
                body("prompt", "Z9?".repeat(5000)));
        refused(400, "unsupported_parameter", "logit_bias: this server does not have it", "/v1/chat/completions",
                body("messages", List.of(Map.of("role", "user", "content", "a")), "logit_bias", Map.of("1", 2)));
        refused(400, null, "tools: expected functions, each", "/v1/chat/completions",
                body("messages", List.of(Map.of("role", "user", "content", "a")), "tools", List.of(1)));
        refused(400, null, "logprobs: expected 0 to 5. Received 6.", "/v1/completions", body("prompt", "a", "logprobs",
                6));
        refused(400, null, "$: expected keywords of [", "/v1/completions", body("prompt", "a", "response_format",
                Map.of("type", "json_schema", "json_schema", Map.of("schema", Map.of("pattern", "a")))));
        refused(400, null, "response_format.type: expected text, json_object or json_schema.", "/v1/completions",
                body("prompt", "a", "response_format", Map.of("type", "xml")));
        for (String name : List.of("response_format", "stream_options")) {
            refused(400, null, name + ": expected a JSON object. Received \"x\".", "/v1/completions",
                    body("prompt", "a", name, "x"));
        }
        refused(400, null, "best_of: expected a whole number from 1. Received \"x\".", "/v1/completions",
                body("prompt", "a", "best_of", "x"));
        refused(400, null, "top_n: expected a whole number from 1. Received 1.5.", "/v1/rerank",
                Map.of("model", "encoder", "query", "a", "documents", List.of("b"), "top_n", 1.5));
        refused(400, null, "return_documents: expected true or false.", "/v1/rerank",
                Map.of("model", "encoder", "query", "a", "documents", List.of("b"), "return_documents", "yes"));
        var said = List.of(Map.of("role", "user", "content", "a"));
        refused(400, null, "tools: expected a list. Received \"x\".", "/v1/chat/completions",
                body("messages", said, "tools", "x"));
        refused(400, null, "tool_choice: expected none, auto, required or ", "/v1/chat/completions",
                body("messages", said, "tool_choice", "some"));
        refused(400, null, "messages: expected the roles system, user, assistant and tool. Received \"cat\".",
                "/v1/chat/completions", body("messages", List.of(Map.of("role", "cat", "content", "a"))));
        refused(400, null, "messages: expected a list of messages", "/v1/chat/completions", body("messages", "a"));
        refused(400, null, "encoder does not go on with texts", "/v1/completions",
                body("model", "encoder", "prompt", "a"));
        refused(400, null, "gpt gives no vectors of texts", "/v1/embeddings", Map.of("model", "gpt", "input", "a"));
        refused(413, null, "gpt: expected at most 64 inputs", "/v1/completions", body("prompt", "a", "n", 65));
        refused(413, null, "gpt: expected at most 64 inputs", "/v1/completions",
                body("prompt", Collections.nCopies(5000, "a"), "n", 128));
        try (var own = InferenceServer.start(ServeConfig.DEFAULT.port(0), List.of(folder.resolve("gpt"),
                folder.resolve("encoder")), Device.CPU)) { // without reading them as tokens, which takes memory
            String text = "cat ".repeat(300_000);
            assertEquals("input: expected texts of at most 1048576 characters. Received one of 1200000; send it in"
                    + " parts.", Tiny.post(own, "/v1/embeddings", Map.of("model", "encoder", "input", text)).error());
            assertTrue(Tiny.post(own, "/v1/chat/completions", body("messages", List.of(Map.of("role", "user", "content",
                    text)))).error().startsWith("prompt: expected at most 524288 characters, as the model's context"));
        }
    }

    private static void refused(int status, String code, String message, String path, Object body) {
        var answer = Tiny.post(server, path, body);
        assertEquals(status, answer.status(), answer.text());
        assertTrue(answer.error().startsWith(message), answer.text());
        assertEquals("invalid_request_error", answer.json().at("/error/type").textValue());
        assertEquals(code, answer.json().at("/error/code").textValue());
    }

    @Test void whoHangsUpStopsTheWritingAndFreesItsMemory() throws Exception {
        try (var own = InferenceServer.start(CONFIG, List.of(folder.resolve("gpt")), Device.CPU)) {
            long before = Scope.live();
            try (var socket = new Socket("127.0.0.1", own.port())) {
                String body = Inputs.JSON.writeValueAsString(body("prompt", "the", "max_tokens", 4000, "stream", true));
                socket.getOutputStream().write(("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + "application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes());
                assertTrue(socket.getInputStream().read() > 0);
            }
            String counted = "";
            while (!counted.contains("kind=\"text\"")) counted = Tiny.get(own, "/metrics").text();
            var tokens = Pattern.compile("kind=\"text\"} (\\d+)").matcher(counted);
            assertTrue(tokens.find() && Integer.parseInt(tokens.group(1)) < 4000, counted);
            while (Scope.live() > before) Thread.onSpinWait(); // closed by the engine's thread, soon
        }
    }

    @Test void theOthersInterfacesAnswerByTheEngineToo() {
        var options = alone.settings();
        assertEquals(alone.generate("the cat", options), Tiny.post(server, "/v2/models/gpt/predict",
                Map.of("inputs", List.of("the cat"))).json().at("/answers/0").textValue());
        assertEquals(alone.generate("the cat", options), Tiny.post(server, "/v2/models/gpt/infer", Map.of("inputs",
                List.of(Tiny.tensor("text", "BYTES", List.of("the cat"))))).json().at("/outputs/0/data/0").textValue());
    }
}
