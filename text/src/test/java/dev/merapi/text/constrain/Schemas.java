package dev.merapi.text.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** Whether JSON follows a schema, looked at from the other side: by the value, not by its bytes. */
final class Schemas {
    private Schemas() {}

    static boolean follows(JsonNode value, JsonNode schema) {
        if (schema.has("enum")) return any(schema.get("enum"), one -> one.equals(value));
        if (schema.has("anyOf")) return any(schema.get("anyOf"), one -> follows(value, one));
        boolean typed = schema.path("type").isArray() ? any(schema.get("type"), type -> is(value, type.asText()))
                : is(value, schema.get("type").asText());
        if (!typed) return false;
        if (value.isNumber()) {
            return value.asDouble() >= schema.path("minimum").asDouble(-1e300)
                    && value.asDouble() <= schema.path("maximum").asDouble(1e300);
        }
        if (value.isTextual()) {
            int length = value.textValue().codePointCount(0, value.textValue().length());
            return length >= schema.path("minLength").asInt(0) && length <= schema.path("maxLength").asInt(1 << 30);
        }
        if (value.isArray()) {
            return value.size() >= schema.path("minItems").asInt(0)
                    && value.size() <= schema.path("maxItems").asInt(1 << 30)
                    && StreamSupport.stream(value.spliterator(), false).allMatch(v -> follows(v, schema.get("items")));
        }
        var known = schema.path("properties"); // others may be there too
        return value.properties().stream().allMatch(p -> !known.has(p.getKey()) || follows(p.getValue(),
                known.get(p.getKey())))
                && StreamSupport.stream(schema.path("required").spliterator(), false)
                        .allMatch(name -> value.has(name.asText()));
    }

    private static boolean any(JsonNode all, Predicate<JsonNode> which) {
        return StreamSupport.stream(all.spliterator(), false).anyMatch(which);
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> value.isNull();
        };
    }
}
