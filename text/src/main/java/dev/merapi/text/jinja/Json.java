package dev.merapi.text.jinja;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** JSON with the spaces that Python's {@code json.dumps} writes, on which models were trained. */
final class Json {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int indent; // 0 for one line

    private Json(int indent) { this.indent = indent; }

    static String write(Object value, int indent) { return new Json(indent).write(value, "\n"); }

    private String write(Object value, String line) {
        String inner = line + " ".repeat(indent);
        return switch (value) {
            case Map<?, ?> map when !map.isEmpty() -> map.entrySet().stream()
                    .map(e -> quoted(Values.text(e.getKey())) + ": " + write(e.getValue(), inner))
                    .collect(joining("{", "}", line, inner));
            case List<?> list when !list.isEmpty() -> list.stream().map(element -> write(element, inner))
                    .collect(joining("[", "]", line, inner));
            case Undefined u -> throw u.used();
            case null, default -> quoted(value);
        };
    }

    private Collector<CharSequence, ?, String> joining(String open, String close, String line,
            String inner) {
        return indent == 0 ? Collectors.joining(", ", open, close)
                : Collectors.joining("," + inner, open + inner, line + close);
    }

    private static String quoted(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new Wrong("expected numbers, texts, lists and dictionaries to write as JSON. Received "
                    + value.getClass().getName() + ".");
        }
    }
}
