package dev.merapi.protect.federated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What server and clients send one another: a kind, a few named values, and bytes, such as weights. On the wire the
 * length of the JSON of the first two (4 bytes, big-endian), that JSON, and the bytes.
 */
record Message(String kind, Map<String, Object> values, byte[] bytes) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String KIND = "kind";

    /** Without bytes. */
    static Message of(String kind, Object... keysAndValues) { return of(kind, new byte[0], keysAndValues); }

    static Message of(String kind, byte[] bytes, Object... keysAndValues) {
        var values = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) values.put((String) keysAndValues[i], keysAndValues[i + 1]);
        return new Message(kind, values, bytes);
    }

    /** What went wrong. */
    static Message failure(Throwable e) { return of("failed", "reason", String.valueOf(e.getMessage())); }

    byte[] encode() {
        try {
            var head = new LinkedHashMap<String, Object>();
            head.put(KIND, kind);
            head.putAll(values);
            byte[] json = JSON.writeValueAsBytes(head);
            return ByteBuffer.allocate(4 + json.length + bytes.length).putInt(json.length).put(json).put(bytes).array();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e); // texts and numbers alone
        }
    }

    /** @throws IllegalArgumentException if it is none */
    static Message decode(byte[] wire) {
        try {
            int length = ByteBuffer.wrap(wire).getInt();
            if (length < 2 || length > wire.length - 4) throw new IllegalArgumentException("its length is " + length);
            var values = JSON.readValue(new String(wire, 4, length, StandardCharsets.UTF_8),
                    new TypeReference<LinkedHashMap<String, Object>>() {});
            if (values == null || !(values.remove(KIND) instanceof String kind)) {
                throw new IllegalArgumentException("it has no kind");
            }
            return new Message(kind, values, Arrays.copyOfRange(wire, 4 + length, wire.length));
        } catch (JsonProcessingException | IllegalArgumentException | BufferUnderflowException e) {
            throw new IllegalArgumentException("Federation: expected a message of this protocol. Received "
                    + wire.length
                    + " bytes that are none: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if there is no such text */
    String text(String key) {
        if (values.get(key) instanceof String text) return text;
        throw missing(key, "a text");
    }

    /** @throws IllegalArgumentException if there is no such number */
    double number(String key) {
        return switch (values.get(key)) {
            case Number number -> number.doubleValue();
            case String text when text.matches("NaN|-?Infinity") -> Double.parseDouble(text); // as JSON has them
            case null, default -> throw missing(key, "a number");
        };
    }

    /** @throws IllegalArgumentException if there is no such number, or it is no whole one */
    int integer(String key) {
        double number = number(key);
        if (number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE) return (int) number;
        throw missing(key, "a whole number");
    }

    private IllegalArgumentException missing(String key, String what) {
        return new IllegalArgumentException("Federation: expected " + what + " as " + key + " in a message " + kind
                + ". Received " + values.get(key));
    }
}
