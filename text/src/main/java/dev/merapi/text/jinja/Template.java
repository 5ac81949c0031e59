package dev.merapi.text.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.Locale;
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
    public static Template of(String source) { return new Template(new Parser(Lexer.tokens(source)).template()); }

    /**
     * @throws IllegalArgumentException with the line, if a value is missing or of the wrong type, or the template says
     *     that it cannot be rendered so
     */
    public String render(Map<String, ?> values) {
        var scope = new Scope(null);
        scope.setAll(Parser.functions());
        scope.setAll(Map.<String, Arguments.Callable>of(
                "raise_exception", a -> {
                    throw new Wrong(a.text(0));
                },
                "strftime_now", a -> now(a.text(0))));
        scope.setAll(new HashMap<>(values));
        var out = new StringBuilder();
        node.write(scope, out);
        return out.toString();
    }

    /** The time by C's letters for its parts. */
    private static String now(String format) {
        var formatter = new DateTimeFormatterBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '%' && i + 1 < format.length()) formatter.appendPattern(part(format.charAt(++i)));
            else formatter.appendLiteral(c);
        }
        return LocalDateTime.now().format(formatter.toFormatter(Locale.ENGLISH));
    }

    private static String part(char letter) {
        return switch (letter) {
            case 'd' -> "dd";
            case 'm' -> "MM";
            case 'b' -> "MMM";
            case 'B' -> "MMMM";
            case 'y' -> "yy";
            case 'Y' -> "yyyy";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'p' -> "a";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'j' -> "DDD";
            default -> throw new Wrong("strftime_now: expected one of %d %m %b %B %y %Y %H %I %p %M %S %a %A %j."
                    + " Received %" + letter + ".");
        };
    }
}
