package dev.merapi.text.jinja;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Small templates: what {@code src/test/python/chat_goldens.py} had Jinja2 make of them. */
class TemplateTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode GOLDENS = read();
    static final Map<String, Object> VALUES = JSON.convertValue(GOLDENS.get("values"),
            new TypeReference<>() {});

    private static JsonNode read() {
        try (var in = TemplateTest.class.getResourceAsStream("/chat/chat.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** All of them, good and bad. */
    static List<String> templates() {
        return Stream.concat(snippets().map(c -> (String) c.get()[0]), errors()).toList();
    }

    static Stream<Arguments> snippets() {
        return GOLDENS.get("snippets").valueStream()
                .map(c -> Arguments.of(c.get("template").asText(), c.get("text").asText()));
    }

    @ParameterizedTest @MethodSource("snippets")
    void textsAreThoseOfJinja2(String template, String expected) {
        assertEquals(expected, Template.of(template).render(VALUES));
    }

    static Stream<String> errors() { return GOLDENS.get("errors").valueStream().map(JsonNode::asText); }

    @ParameterizedTest @MethodSource("errors")
    void whatJinja2RefusesIsRefused(String template) {
        assertThrows(IllegalArgumentException.class, () -> Template.of(template).render(VALUES));
    }

    @Test void errorsNameTheLine() {
        assertMessage("Template, line 2: Roles must alternate.", "a\n{{ raise_exception('Roles must alternate.') }}");
        assertMessage("Template, line 3: expected a value. Received none: m is undefined.",
                "{% if true %}\n{% for x in [1] %}\n{{ m.content }}{% endfor %}{% endif %}");
        assertMessage("Template, line 1: expected two values that + can join. Received 'a' and 1.", "{{ 'a' + 1 }}");
        assertMessage("Template, line 1: there is no tag fro here. Did you mean for?", "{% fro x in y %}");
        assertMessage("Template, line 2: expected elif or else or endif. Received the end of the template.",
                "{% if n %}\nyes");
        assertMessage("Template, line 1: a tag has no end: expected }}.", "{{ n");
        assertMessage("Template, line 1: a string has no end: expected '.", "{{ 'n }}");
        assertMessage("Template, line 1: expected a value. Received the end of the tag.", "{{ 1 + }}");
        assertMessage("Template, line 1: there is no filter tojsno. Did you mean tojson?", "{{ n | tojsno }}");
        assertMessage("Template, line 1: there is no test defnied. Did you mean defined?", "{{ n is defnied }}");
        assertMessage("Template, line 1: expected a function. Received none: nofunction is undefined.",
                "{{ nofunction() }}");
        assertMessage("Template, line 1: expected a whole number. Received 'x'.", "{{ range('x') }}");
    }

    @Test void valuesOfOtherKindsAreRefused() {
        String message = assertThrows(IllegalArgumentException.class,
                () -> Template.of("x").render(Map.of("day", LocalDate.of(2024, 1, 31)))).getMessage();
        assertEquals("Template: expected null, booleans, numbers, strings, lists and maps. Received a"
                + " java.time.LocalDate: 2024-01-31", message);
    }

    private static void assertMessage(String expected, String template) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class,
                () -> Template.of(template).render(VALUES)).getMessage());
    }

    /** Jinja2 has these, but no chat needs them. */
    @Test void whatIsNotToBeHadIsRefusedByName() {
        assertMessage("Template, line 1: there is no filter urlize here: it is of use for web pages.",
                "{{ 'a' | urlize }}");
        assertMessage("Template, line 1: there is no filter random here: the same conversation always has the same"
                + " text.", "{{ [1] | random }}");
        assertMessage("Template, line 1: there is no function lipsum here: the same conversation always has the same"
                + " text.", "{{ lipsum() }}");
        assertMessage("Template, line 1: there is no method encode here: no chat template needs it.",
                "{{ 'a'.encode('utf-8') }}");
        assertMessage("Template, line 1: there is no tag include here: a chat template is one file of plain text.",
                "{% include 'x' %}");
    }

    @Test void argumentsThatNothingTakesAreRefused() {
        assertMessage("Template, line 1: expected tojson(ensure_ascii?, indent?, separators?, sort_keys?). Received an"
                + " argument seperators.", "{{ n | tojson(seperators=(',', ':')) }}");
        assertMessage("Template, line 1: expected replace(old, new, count?). Received no new.",
                "{{ 'a' | replace('a') }}");
        assertMessage("Template, line 1: expected replace(old, new, count?). Received old twice.",
                "{{ 'a'.replace('a', 'b', old='c') }}");
        assertMessage("Template, line 1: expected strip(chars?). Received 2 arguments.", "{{ 'a'.strip('a', 'b') }}");
        assertMessage("Template, line 1: expected f(a). Received an argument b.",
                "{% macro f(a) %}{% endmacro %}{{ f(b=1) }}");
        assertMessage("Template, line 1: split: expected a separator. Received an empty text.", "{{ 'a'.split('') }}");
    }

    @Test void theDateOfToday() {
        var today = LocalDate.now();
        assertEquals("on " + today, Template.of("on {{ strftime_now('%Y-%m-%d') }}").render(Map.of()));
        assertMessage("Template, line 1: strftime_now: expected one of %d %m %b %B %y %Y %H %I %p %M %S %a %A %j."
                + " Received %q.", "{{ strftime_now('%q') }}");
    }

    @Test void anyNumberOfJavaWillDo() {
        var values = new LinkedHashMap<String, Object>(Map.of("i", 2, "f", 1.5f, "list", List.of(1, (short) 2)));
        assertEquals("3 3.0 2 True", Template.of("{{ i + 1 }} {{ f * i }} {{ list[1] }} {{ list[0] == 1 }}")
                .render(values));
    }
}
