package dev.merapi.text.generate;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The templates of known models: what {@code src/test/python/chat_goldens.py} had Jinja2 make of them. */
class ChatTemplateTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private static String resource(String name) {
        try (var in = ChatTemplateTest.class.getResourceAsStream("/chat/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    record Model(String name, String template, Map<String, String> specials, List<JsonNode> cases) {
        @Override public String toString() { return name; }
    }

    static Stream<Model> models() throws IOException {
        return JSON.readTree(resource("chat.json")).get("models").valueStream().map(model -> {
            var specials = new HashMap<String, String>();
            if (!model.get("bos").isNull()) specials.put("bos_token", model.get("bos").asText());
            specials.put("eos_token", model.get("eos").asText());
            String template = model.get("template").isNull() ? resource("qwen3.jinja") : model.get("template").asText();
            return new Model(model.get("name").asText(), template, specials, model.get("cases").valueStream().toList());
        });
    }

    @ParameterizedTest @MethodSource("models")
    void conversationsAreWrittenAsJinja2Does(Model model) {
        var template = ChatTemplate.of(model.template, model.specials);
        for (var c : model.cases) {
            if (c.has("text")) {
                assertEquals(c.get("text").asText(), render(template, c.get("values")));
            } else {
                String message = assertThrows(IllegalArgumentException.class,
                        () -> render(template, c.get("values"))).getMessage();
                assertEquals("Template, line 1: " + c.get("error").asText(), message);
            }
        }
    }

    private static String render(ChatTemplate template, JsonNode values) {
        Map<String, Object> more = JSON.convertValue(values, new TypeReference<>() {});
        more.remove("messages");
        boolean answer = (boolean) more.remove("add_generation_prompt");
        more.remove("tools");
        List<Map<String, Object>> tools = values.has("tools")
                ? JSON.convertValue(values.get("tools"), new TypeReference<>() {}) : List.of();
        return template.render(values.get("messages").valueStream().map(ChatTemplateTest::message).toList(), answer,
                tools, more);
    }

    private static Message message(JsonNode node) {
        LinkedHashMap<String, Object> fields = JSON.convertValue(node, new TypeReference<>() {});
        return new Message((String) fields.remove("role"), (String) fields.remove("content"), fields);
    }

    @Test void byHand() {
        String text = ChatTemplate.of(resource("qwen3.jinja"), Map.of()).render(List.of(Message.system("Be brief."),
                Message.user("Hello"), Message.assistant("<think>\nA greeting.\n</think>\n\nHi!"),
                Message.user("Go on.")));
        assertEquals("""
                <|im_start|>system
                Be brief.<|im_end|>
                <|im_start|>user
                Hello<|im_end|>
                <|im_start|>assistant
                Hi!<|im_end|>
                <|im_start|>user
                Go on.<|im_end|>
                <|im_start|>assistant
                """, text);
    }

    @Test void fromAFolder() throws IOException {
        assertFalse(ChatTemplate.isIn(folder));
        String message = assertThrows(IllegalArgumentException.class, () -> ChatTemplate.open(folder)).getMessage();
        assertEquals(folder + ": expected a chat template, in chat_template.jinja or in tokenizer_config.json. There is"
                + " none; a model without one goes on with texts, and does not chat.", message);

        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, """
                {"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "pad_token": null,
                 "chat_template": [{"name": "tool_use", "template": "no"},
                                   {"name": "default", "template": "{{ bos_token }}{{ messages[0].content }}"}]}
                """);
        assertTrue(ChatTemplate.isIn(folder));
        assertEquals("<s>Hi", ChatTemplate.open(folder).render(List.of(Message.user("Hi"))));

        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}{{ eos_token }}\n");
        assertEquals("Hi</s>", ChatTemplate.open(folder).render(List.of(Message.user("Hi"))));

        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages");
        message = assertThrows(IllegalArgumentException.class, () -> ChatTemplate.open(folder)).getMessage();
        assertEquals(folder + ": Template, line 1: a tag has no end: expected }}.", message);

        Files.delete(folder.resolve("chat_template.jinja"));
        Files.writeString(config, "{");
        message = assertThrows(IllegalArgumentException.class, () -> ChatTemplate.open(folder)).getMessage();
        assertTrue(message.startsWith(config + ": not JSON. "), message);
    }
}
