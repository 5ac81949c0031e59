package dev.merapi.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Of the parser itself, so that a version of it with other words shows. */
class JsonErrorsTest {
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFile.factory())
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT).build();

    private static final TypeReference<?> MAP = new TypeReference<Map<String, Object>>() {};

    record Inner(int a) {}

    record Settings(int size, double rate, boolean on, String name, List<Integer> list, Map<String, Integer> map,
            Inner inner) {}

    private static String reason(String text) { return reason(text, new TypeReference<Settings>() {}); }

    private static String reason(String text, TypeReference<?> type) {
        String said = JsonErrors.keyed(assertThrows(JsonProcessingException.class, () -> JSON.readValue(text, type)));
        assertFalse(said.matches("(?s).*(`|java\\.|Json[A-Z]|Feature|Constraints|Object value|creator).*"), said);
        return said;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "size | \"x\" | an integer | \"x\"", "size | 0.5 | an integer | 0.5",
        "size | {} | an integer | an object {…}", "size | [1] | an integer | a list", "size | null | an integer | null",
        "size | true | an integer | true or false",
        "rate | \"x\" | a number | \"x\"", "on | \"x\" | true or false | \"x\"", "on | 2.5 | true or false | a number",
        "name | {} | text | an object {…}", "list | 5 | a list | an integer", "list | \"x\" | a list | text",
        "list | [\"x\"] | an integer | \"x\"", "map | [1] | an object {…} | a list",
        "map | 5 | an object {…} | an integer",
        "inner | 7.5 | an object {…} | 7.5", "inner | \"x\" | an object {…} | '''x'''",
        "inner | [1] | an object {…} | a list"})
    void aValueOfAnotherKindIsSaidInWords(String key, String value, String expected, String received) {
        assertEquals(key + (value.equals("[\"x\"]") ? ".0" : "") + ": expected " + expected + ". Received " + received,
                reason("{\"" + key + "\": " + value + "}"));
    }

    @Test void sizesAndWhatIsMissing() {
        assertEquals("size: expected an integer that is not so large. Received 3000000000",
                reason("{\"size\": 3000000000}"));
        assertEquals("rate: expected a value. Received none", reason("{\"size\": 3}"));
        assertEquals("expected a value. Received none", reason(""));
        assertEquals("expected an object {…}. Received a list", reason("[1]", MAP));
        assertEquals("Document nesting depth (201) exceeds the maximum allowed (200)",
                reason("{\"a\":" + "[".repeat(300), MAP));
        assertEquals("Number value length (2000) exceeds the maximum allowed (1000)",
                reason("{\"a\": " + "9".repeat(2_000) + "}", MAP));
    }

    @Test void whatIsNoJsonIsSaidAsItIs() {
        assertEquals("x: unknown key x", reason("{\"a\": 1, \"x\": 2}", new TypeReference<Inner>() {}));
        assertEquals("Duplicate field 'size'", reason("{\"size\": 1, \"size\": 2}"));
        assertTrue(reason("{\"size\": x}").startsWith("Unrecognized token 'x'"));
    }
}
