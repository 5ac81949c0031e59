package dev.merapi.text.jinja;

import java.util.Map;

/**
 * A template of <a href="https://jinja.palletsprojects.com">Jinja</a>, as Hugging Face's tools set it up for chats:
 * blocks are trimmed, {@code tojson} writes as Python's {@code json.dumps}, and there are {@code raise_exception},
 * {@code strftime_now}, {@code break}, {@code continue} and {@code generation}. Templates cannot include others, nor
 * reach anything but the values that they are given.
 *
 * <pre>{@code
 * var template = Template.of("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
 * String text = template.render(Map.of("messages", List.of(Map.of("role", "user", "content", "Hi"))));
 * }</pre>
 *
 * Values are null, booleans, numbers, strings, lists, and maps from strings.
 */
public final class Template {
    private final Node node;

    private Template(Node node) { this.node = node; }

    /**
     * @throws IllegalArgumentException with the line, if it is not a template
     */
    public static Template of(String source) {
        try {
            return new Template(new Parser(Lexer.tokens(source)).template());
        } catch (StackOverflowError e) { // with little stack left, before the parser's own limit
            throw new IllegalArgumentException("Template: this is nested too deeply.", e);
        }
    }

    /**
     * @throws IllegalArgumentException with the line, if a value is missing or of the wrong type, or the template says
     *     that it cannot be rendered so
     */
    public String render(Map<String, ?> values) {
        var scope = new Scope(null);
        values.forEach((name, value) -> scope.set(name, Values.of(value)));
        try {
            return Limits.within(() -> {
                var out = new Output();
                node.write(scope, out);
                return out.toString();
            });
        } catch (Wrong e) { // in no line that is known
            throw new IllegalArgumentException("Template: " + e.getMessage(), e);
        }
    }
}
