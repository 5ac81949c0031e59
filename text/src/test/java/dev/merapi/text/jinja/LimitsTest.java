package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Templates that would never end, or want all memory: each is refused with a reason. */
class LimitsTest {
    private static final String TEXTS = "expected texts of at most 16777216 characters. Received a longer one.";
    private static final String DIGITS = "expected whole numbers of at most 4300 digits. Received a longer one.";
    private static final String WORK = "the template takes too long: more than any conversation needs.";
    private static final String CALLS = "expected calls at most 100 deep. Received deeper ones.";
    private static final String LEVELS = "expected at most 100 levels. Received more.";
    private static final String LONG = "{% set s = 'x' * 9000000 %}";

    private static String nested(String open, String inner, String close) {
        return open.repeat(20_000) + inner + close.repeat(20_000);
    }

    static Stream<Arguments> hostile() {
        var all = new ArrayList<Arguments>();
        for (String template : List.of("{{ 'x' * 2000000000 }}", "{{ 'x' * 10**30 }}", "{{ 'ab'.center(10**9) }}",
                "{{ 'ab'|center(10**9) }}", "{{ 'ab'.ljust(2**31) }}", "{{ 'ab'.rjust(2**40) }}",
                "{{ '1'.zfill(10**10) }}", "{{ 'a\nb'|indent(2000000000) }}", "{{ 'a\tb'.expandtabs(10**9) }}",
                "{{ [1]|tojson(indent=2000000000) }}", "{{ '%999999999d' % 1 }}", "{{ '%*d' % (10**12, 1) }}",
                "{{ '{:>99999999999}'.format(1) }}", LONG + "{{ s ~ s }}", LONG + "{{ s + s }}",
                LONG + "{{ [s, s]|join }}", LONG + "{{ s|replace('x', 'y' * 99) }}", LONG + "{{ s.replace('', 'y') }}",
                LONG + "{{ s }}{{ s }}", LONG + "{{ [s, s]|tojson }}", LONG + "{{ [s, s] }}",
                LONG + "{{ '%s%s' % (s, s) }}", LONG + "{% set t %}{{ s }}{{ s }}{% endset %}",
                "{% set ns = namespace(s='x' * 99) %}{% for i in range(40) %}{% set ns.s = ns.s * 2 %}{% endfor %}")) {
            all.add(Arguments.of(template, TEXTS));
        }
        for (String template : List.of("{{ 10**5000 }}", "{{ 99**99**99 }}", "{{ 2**(10**30) }}",
                "{% set ns = namespace(n=9**99) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}")) {
            all.add(Arguments.of(template, DIGITS));
        }
        for (String template : List.of("{% for i in range(10**9) %}{% endfor %}", "{{ range(10**9)|length }}")) {
            all.add(Arguments.of(template, "range: expected at most 100000 numbers. Received 1000000000."));
        }
        for (String template : List.of(
                "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
                "{{ [1] * 10**9 }}", "{{ range(99999)|batch(10**9, 0)|list }}", "{{ [1]|slice(10**9)|list }}",
                "{% set a = range(99999)|list %}{% for i in a %}{{ i in a }}{% endfor %}",
                "{% set s = 'x' * 999999 %}{% for i in range(99999) %}{{ s|upper|length }}{% endfor %}",
                "{% set s = 'x' * 999999 %}{% set t = 'x' * 99999 ~ 'y' %}"
                        + "{% for i in range(999) %}{{ t in s }}{% endfor %}",
                "{% set s = 'x' * 9999999 %}{% set l = [s ~ 'a', s ~ 'b'] %}{{ (l * 9999)|sort|length }}",
                LONG + "{{ s|list|length }}")) {
            all.add(Arguments.of(template, WORK));
        }
        for (String template : List.of("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
                "{% macro f() %}{% call f() %}{{ caller }}{% endcall %}{% endmacro %}{{ f() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")) {
            all.add(Arguments.of(template, CALLS));
        }
        for (String template : List.of("{{ " + nested("(", "1", ")") + " }}", "{{ " + nested("[", "", "]") + " }}",
                "{{ " + nested("{1: ", "1", "}") + " }}", nested("{% if true %}", "x", "{% endif %}"),
                "{{ " + nested("not ", "1", "") + " }}", "{{ " + nested("-", "1", "") + " }}",
                "{{ " + nested("1 if 1 else ", "1", "") + " }}", "{{ 1" + nested("|abs", "", "") + " }}",
                "{{ a" + nested(".b", "", "") + " }}", "{{ a" + nested("[0]", "", "") + " }}",
                "{{ a" + nested("()", "", "") + " }}", "{{ " + nested("f(", "1", ")") + " }}",
                "{% for " + nested("(", "x", ")") + " in [] %}{% endfor %}")) {
            all.add(Arguments.of(template, LEVELS));
        }
        return all.stream();
    }

    @ParameterizedTest @MethodSource("hostile")
    void whatWouldTakeTooMuchIsRefused(String template, String expected) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> Template.of(template).render(Map.of())).getMessage();
        assertTrue(message.endsWith(": " + expected), message);
    }

    @Test void valuesWithinThemselvesAreRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> Template.of(
                "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}").render(Map.of())).getMessage();
        assertEquals("Template: this is nested too deeply.", message);
    }

    @Test void whatIsLongButNoMoreThanAConversationIsRendered() {
        String text = "x".repeat(4_000_000);
        assertEquals(text + "!", Template.of("{{ m.content ~ '!' }}").render(Map.of("m", Map.of("content", text))));
        assertEquals("50001", Template.of("{{ 1" + "+1".repeat(50_000) + " }}").render(Map.of()));
        var branches = new StringBuilder("{% if n == 0 %}0");
        for (int i = 1; i < 1000; i++) branches.append("{% elif n == ").append(i).append(" %}").append(i);
        assertEquals("999", Template.of(branches + "{% endif %}").render(Map.of("n", 999)));
        assertEquals("90", Template.of("{% macro f(n) %}{{ f(n + 1) if n < 90 else n }}{% endmacro %}{{ f(0) }}")
                .render(Map.of()));
        var messages = Collections.nCopies(5000, Map.of("role", "user", "content", "How are you?"));
        assertEquals(5000 * 16, Template.of("{% for m in messages %}{{ m.role }}{{ m.content }}{% endfor %}")
                .render(Map.of("messages", messages)).length());
    }

    /** Damaged templates: a text or a refusal, never anything else. */
    @Test void whateverIsChangedInATemplateTheErrorIsOurs() {
        var templates = TemplateTest.templates();
        var random = new SplittableRandom(1);
        int rendered = 0;
        for (int i = 0; i < 2000; i++) {
            String template = damaged(templates.get(random.nextInt(templates.size())),
                    templates.get(random.nextInt(templates.size())), random);
            try {
                Template.of(template).render(TemplateTest.VALUES);
                rendered++;
            } catch (IllegalArgumentException _) { // what may be
            } catch (RuntimeException | Error e) {
                throw new AssertionError(template, e);
            }
        }
        assertTrue(rendered > 100, "most is damaged beyond reading: " + rendered);
    }

    private static String damaged(String template, String other, SplittableRandom random) {
        int from = random.nextInt(template.length() + 1);
        int to = Math.min(template.length(), from + random.nextInt(8));
        int begin = random.nextInt(other.length() + 1);
        String piece = other.substring(begin, Math.min(other.length(), begin + random.nextInt(12)));
        return template.substring(0, from) + (random.nextBoolean() ? piece : "")
                + template.substring(random.nextBoolean() ? from : to);
    }
}
