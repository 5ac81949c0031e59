package dev.merapi.text.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonErrors;
import dev.merapi.text.jinja.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a model that chats wants a conversation written down.
 *
 * <pre>{@code
 * var template = ChatTemplate.open(folder);
 * String prompt = template.render(List.of(Message.user("What is a volcano?")));
 * long[] ids = tokenizer.encode(prompt, EncodeOptions.DEFAULT.noSpecialTokens());      // they are in the prompt
 * generator.generate(ids, options, IO::print);
 * }</pre>
 */
public final class ChatTemplate {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "chat_template.jinja";
    private static final String CONFIG = "tokenizer_config.json";

    private final Template template;
    private final Map<String, String> specials;

    private ChatTemplate(Template template, Map<String, String> specials) {
        this.template = template;
        this.specials = Map.copyOf(specials);
    }

    /**
     * @param template in Jinja's language
     * @param specials the special tokens that it may use, such as {@code bos_token}
     * @throws IllegalArgumentException with the line, if it is not a template
     */
    public static ChatTemplate of(String template, Map<String, String> specials) {
        return new ChatTemplate(Template.of(template), specials);
    }

    /** The text of a model folder's template; null where there is none. */
    public static String text(Path folder) { return source(folder); }

    /** Whether a model folder has one. */
    public static boolean isIn(Path folder) { return source(folder) != null; }

    /**
     * The one of a model folder: {@code chat_template.jinja}, or what stands in {@code tokenizer_config.json}; of
     * several there, the one called {@code default}.
     *
     * @throws java.io.UncheckedIOException if a file cannot be read
     * @throws IllegalArgumentException if there is none, or it is not a template
     */
    public static ChatTemplate open(Path folder) {
        String source = source(folder);
        if (source == null) {
            throw new IllegalArgumentException(folder + ": expected a chat template, in " + FILE + " or in " + CONFIG
                    + ". There is none; a model without one goes on with texts, and does not chat.");
        }
        try {
            return of(source, specials(config(folder)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(folder + ": " + e.getMessage(), e);
        }
    }

    private static String source(Path folder) {
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) return read(file);
        JsonNode source = config(folder).path("chat_template");
        for (JsonNode named : source) {
            if (named.path("name").asText().equals("default")) return named.path("template").asText();
        }
        return source.isTextual() ? source.asText() : null;
    }

    /** An empty object where there is no such file. */
    private static JsonNode config(Path folder) {
        Path file = folder.resolve(CONFIG);
        if (!Files.exists(file)) return JSON.createObjectNode();
        try {
            return JSON.readTree(read(file));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": not JSON. " + JsonErrors.reason(e), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private static Map<String, String> specials(JsonNode config) {
        return config.properties().stream().filter(e -> e.getKey().endsWith("_token"))
                .map(e -> Map.entry(e.getKey(), e.getValue().isObject() ? e.getValue().path("content") : e.getValue()))
                .filter(e -> e.getValue().isTextual())
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().asText()));
    }

    /** The conversation, and the beginning of the model's answer. */
    public String render(List<Message> messages) { return render(messages, true, List.of(), Map.of()); }

    /**
     * A conversation as one text.
     *
     * @param answer whether the beginning of the model's answer follows
     * @param tools functions that the model may call, as JSON schemas; empty for none
     * @param more what else the template knows, such as {@code enable_thinking}
     * @throws IllegalArgumentException if the template refuses the conversation
     */
    public String render(List<Message> messages, boolean answer, List<Map<String, Object>> tools,
            Map<String, Object> more) {
        var values = new HashMap<String, Object>(specials);
        values.put("messages", messages.stream().map(Message::fields).toList());
        values.put("add_generation_prompt", answer);
        if (!tools.isEmpty()) values.put("tools", tools);
        values.putAll(more);
        return template.render(values);
    }
}
