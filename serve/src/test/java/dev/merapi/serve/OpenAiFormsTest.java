package dev.merapi.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TextGenerator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Answers of a form: JSON, calls of tools, tokens with their probabilities, ranks. */
class OpenAiFormsTest {
    private static final ServeConfig CONFIG = new ServeConfig(0, "127.0.0.1", "", 8, 1, 64, 100_000, 4096, 120, 10, 0,
            "", "");
    private static final Map<String, Object> WEATHER = Map.of("type", "function", "function", Map.of("name", "weather",
            "parameters", Map.of("type", "object", "properties", Map.of("city", Map.of("enum", List.of("Rome",
                    "Oslo"))), "required", List.of("city"))));

    @TempDir private static Path folder;
    private static InferenceServer server;

    @BeforeAll static void start() {
        Tiny.gpt(folder.resolve("gpt"));
        Tiny.encoder(folder.resolve("encoder"));
        server = InferenceServer.start(CONFIG, List.of(folder.resolve("gpt"), folder.resolve("encoder")), Device.CPU);
    }

    @AfterAll static void stop() { server.close(); }

    private static Map<String, Object> body(Object... pairs) {
        var body = new LinkedHashMap<String, Object>(Map.of("model", "gpt", "max_tokens", 80));
        for (int i = 0; i < pairs.length; i += 2) body.put((String) pairs[i], pairs[i + 1]);
        return body;
    }

    private static List<Map<String, Object>> user(String text) {
        return List.of(Map.of("role", "user", "content", text));
    }

    private static JsonNode ask(Object... pairs) {
        var answer = Tiny.post(server, "/v1/chat/completions", body(pairs));
        assertEquals(200, answer.status(), answer.text());
        return answer.json();
    }

    /** References in a tool's schema are said from its own beginning on. */
    @Test void aToolsSchemaMayReferToItself() {
        var tool = Map.of("type", "function", "function", Map.of("name", "go", "parameters", Map.of("type", "object",
                "properties", Map.of("to", Map.of("$ref", "#/$defs/place")), "required", List.of("to"), "$defs",
                Map.of("place", Map.of("enum", List.of("Rome"))))));
        var answer = ask("messages", user("go"), "tools", List.of(WEATHER, tool), "tool_choice", Map.of("type",
                "function", "function", Map.of("name", "go")));
        assertEquals("{\"to\":\"Rome\"}", answer.at("/choices/0/message/tool_calls/0/function/arguments").textValue());
    }

    @Test void jsonIsOfItsSchema() throws JsonProcessingException {
        var schema = Map.of("type", "object", "properties", Map.of("age", Map.of("type", "integer", "minimum", 1,
                "maximum", 99), "name", Map.of("type", "string", "maxLength", 9)), "required", List.of("age", "name"));
        var format = Map.of("type", "json_schema", "json_schema", Map.of("name", "person", "schema", schema));
        var choices = ask("messages", user("who"), "response_format", format, "n", 4, "temperature", 1.3, "seed", 3)
                .get("choices");
        for (JsonNode choice : choices) {
            JsonNode person = Inputs.JSON.readTree(choice.at("/message/content").textValue());
            assertTrue(person.get("age").intValue() >= 1 && person.get("age").intValue() <= 99);
            String name = person.get("name").textValue();
            assertTrue(name.codePointCount(0, name.length()) <= 9, name);
            assertEquals("stop", choice.get("finish_reason").textValue());
        }
        assertEquals(4, choices.size());
        var any = ask("messages", user("who"), "response_format", Map.of("type", "json_object"), "temperature", 1);
        assertTrue(Inputs.JSON.readTree(any.at("/choices/0/message/content").textValue()).isObject());
    }

    @Test void aToolThatMustBeCalledIs() throws JsonProcessingException {
        for (Object choice : List.of("required", Map.of("type", "function", "function", Map.of("name", "weather")))) {
            var answer = ask("messages", user("Rome"), "tools", List.of(WEATHER), "tool_choice", choice)
                    .at("/choices/0");
            assertEquals("tool_calls", answer.get("finish_reason").textValue());
            assertTrue(answer.at("/message/content").isNull());
            JsonNode call = answer.at("/message/tool_calls/0");
            assertEquals("weather", call.at("/function/name").textValue());
            JsonNode arguments = Inputs.JSON.readTree(call.at("/function/arguments").textValue());
            assertTrue(List.of("Rome", "Oslo").contains(arguments.get("city").textValue()));
            var more = new ArrayList<Map<String, Object>>(user("Rome"));
            more.add(Inputs.JSON.convertValue(answer.get("message"), new TypeReference<Map<String, Object>>() {}));
            more.add(Map.of("role", "tool", "tool_call_id", call.get("id").textValue(), "content", "sun"));
            assertFalse(ask("messages", more).at("/choices/0/message/content").textValue().isEmpty());
        }
        var stream = Tiny.post(server, "/v1/chat/completions", body("messages", user("Rome"), "tools", List.of(WEATHER),
                "tool_choice", "required", "stream", true)).text();
        assertTrue(stream.contains("\"tool_calls\":[{") && stream.contains("\"finish_reason\":\"tool_calls\""), stream);
    }

    @Test void callsAreReadInTheFormsThatModelsWrite() {
        var tools = new OpenAiTools(List.of(Inputs.JSON.valueToTree(WEATHER)), null);
        for (String text : List.of(
                "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>",
                "Let me see. <tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}",
                "{\"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}}",
                "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}]")) {
            var call = tools.called(text);
            assertEquals(Map.of("name", "weather", "arguments", "{\"city\":\"Rome\"}"),
                    call.getFirst().get("function"));
        }
        for (String text : List.of("It rains.", "{\"name\": \"other\", \"arguments\": {}}", "{\"name\": \"weather\"}",
                "<tool_call>{\"name\": </tool_call>")) {
            assertEquals(List.of(), tools.called(text), text);
        }
    }

    /** Beside the model's own logits. */
    @Test void probabilitiesAreTheModels() {
        var answer = Tiny.post(server, "/v1/completions", body("prompt", "the cat", "max_tokens", 5, "logprobs", 2))
                .json().at("/choices/0");
        var chat = ask("messages", user("the cat"), "max_tokens", 5, "logprobs", true, "top_logprobs", 2)
                .at("/choices/0/logprobs/content");
        assertEquals(5, chat.size());
        assertEquals(chat.at("/0/logprob"), chat.at("/0/top_logprobs/0/logprob")); // the likeliest is written
        try (var writer = TextGenerator.open(folder.resolve("gpt")); var model = Gpt2.load(folder.resolve("gpt"));
                var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            long[] prompt = writer.encode("the cat");
            var ids = new ArrayList<>(Arrays.stream(prompt).boxed().toList());
            for (int i = 0; i < 5; i++) {
                Tensor logits = model.forward(Tensor.of(ids.stream().mapToLong(id -> id).toArray(), 1, ids.size()));
                var best = logits.select(1, -1).to(DType.FLOAT32).logSoftmax(1).topk(2, 1);
                assertEquals(best.values().toDoubles()[0], answer.at("/logprobs/token_logprobs/" + i)
                        .doubleValue(), 1e-4);
                assertEquals(new String(writer.bytes(best.indices().toLongs()[0])),
                        answer.at("/logprobs/tokens/" + i).textValue());
                ids.add(best.indices().toLongs()[0]);
            }
            assertEquals(answer.get("text").textValue(), writer.generate("the cat", Generation.DEFAULT.maxTokens(5)));
        }
    }

    /** In pieces, the same is told of the tokens as of a whole text. */
    @Test void probabilitiesOfAStreamAreThoseOfTheText() throws JsonProcessingException {
        var parts = List.of("tokens", "text_offset", "token_logprobs", "top_logprobs");
        Map<String, Object> body = body("prompt", "the cat", "max_tokens", 12, "logprobs", 2, "temperature", 1, "seed",
                3);
        JsonNode whole = Tiny.post(server, "/v1/completions", body).json().at("/choices/0/logprobs");
        body.put("stream", true);
        var told = parts.stream().map(_ -> new ArrayList<JsonNode>()).toList();
        for (String line : Tiny.post(server, "/v1/completions", body).text().lines().toList()) {
            if (!line.startsWith("data: {")) continue;
            JsonNode piece = Inputs.JSON.readTree(line.substring(6)).at("/choices/0/logprobs");
            for (int i = 0; i < parts.size(); i++) piece.get(parts.get(i)).forEach(told.get(i)::add);
        }
        for (int i = 0; i < parts.size(); i++) {
            assertEquals(12, told.get(i).size());
            assertEquals(whole.get(parts.get(i)), Inputs.JSON.valueToTree(told.get(i)), parts.get(i));
        }
    }

    @Test void documentsAreRankedByTheirVectors() {
        var documents = List.of("it rains", "the cat sat", "Ann lives in Rome");
        var body = Map.of("model", "encoder", "query", "the cat", "documents", documents, "top_n", 2,
                "return_documents", true);
        var results = Tiny.post(server, "/v1/rerank", body).json().get("results");
        try (var encoder = TextEmbedder.open(folder.resolve("encoder"))) {
            float[] query = encoder.predict("the cat");
            double[] scores = documents.stream().map(encoder::predict).mapToDouble(v -> IntStream.range(0, v.length)
                    .mapToDouble(i -> v[i] * query[i]).sum()).toArray(); // of length 1 each
            var order = IntStream.range(0, 3).boxed().sorted((a, b) -> Double.compare(scores[b], scores[a])).toList();
            assertEquals(2, results.size());
            for (int i = 0; i < 2; i++) {
                assertEquals(order.get(i), results.get(i).get("index").intValue());
                assertEquals(scores[order.get(i)], results.get(i).get("relevance_score").doubleValue(), 1e-4);
                assertEquals(documents.get(order.get(i)), results.get(i).at("/document/text").textValue());
            }
        }
        assertEquals("gpt does not rank texts: it is for chat; take a sentence encoder.",
                Tiny.post(server, "/v1/rerank", Map.of("model", "gpt", "query", "a", "documents", documents)).error());
    }
}
