package dev.merapi.text.generate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One message of a conversation.
 *
 * @param role who says it: {@code system}, {@code user}, {@code assistant}, {@code tool}
 * @param content what is said; may be null beside a call of a tool
 * @param more what else the model's template asks for, such as {@code tool_calls}, a list of maps
 */
public record Message(String role, String content, Map<String, Object> more) {
    public Message { more = Collections.unmodifiableMap(new LinkedHashMap<>(more)); }

    /** What the model is told before the talk. */
    public static Message system(String content) { return new Message("system", content, Map.of()); }

    /** What the user says. */
    public static Message user(String content) { return new Message("user", content, Map.of()); }

    /** What the model has said. */
    public static Message assistant(String content) { return new Message("assistant", content, Map.of()); }

    /** As templates see it. */
    Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("role", role);
        fields.put("content", content);
        fields.putAll(more);
        return fields;
    }
}
