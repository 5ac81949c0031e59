package dev.merapi.text.jinja;

import java.util.List;
import java.util.Map;

/** Values as Python shows them, its repr. */
final class Repr {
    private final Output out = new Output();

    private Repr() {}

    static String of(Object value) {
        if (value instanceof Double n) return Numbers.text(n);
        var repr = new Repr();
        repr.show(value);
        return repr.out.toString();
    }

    private void show(Object value) {
        Limits.spend(1);
        switch (value) {
            case null -> out.append("None");
            case Boolean b -> out.append(b ? "True" : "False");
            case Double n -> out.append(Numbers.text(n));
            case String s -> out.append(quoted(s));
            case Markup markup -> out.append("Markup(").append(quoted(markup.text())).append(")");
            case Undefined _ -> out.append("Undefined");
            case Range range -> out.append(range.toString());
            case Tuple tuple -> all(tuple, "(", tuple.size() == 1 ? ",)" : ")");
            case List<?> list -> all(list, "[", "]");
            case View view -> {
                out.append(view.name());
                all(view.elements(), "([", "])");
            }
            case Map<?, ?> map -> entries(map);
            case Namespace space -> {
                out.append("<Namespace ");
                entries(space.entries());
                out.append(">");
            }
            case Lazy _ -> throw new Wrong("expected a value that has a text. Received what a filter gave: add"
                    + " | list.");
            case Callable _, Thing _ -> throw new Wrong("expected a value that has a text. Received a function.");
            default -> out.append(value.toString());
        }
    }

    private void all(List<?> list, String open, String close) {
        String before = open;
        for (Object element : list) {
            out.append(before);
            show(element);
            before = ", ";
        }
        out.append(list.isEmpty() ? open + close : close);
    }

    private void entries(Map<?, ?> map) {
        String before = "{";
        for (var entry : map.entrySet()) {
            out.append(before);
            show(entry.getKey());
            out.append(": ");
            show(entry.getValue());
            before = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    static String quoted(String s) {
        char quote = s.contains("'") && !s.contains("\"") ? '"' : '\'';
        var text = new StringBuilder().append(quote);
        s.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\r' -> text.append("\\r");
                default -> {
                    if (c == quote) text.append('\\').append(quote);
                    else if (isPrintable(c)) text.appendCodePoint(c);
                    else text.append(c < 0x100 ? "\\x%02x".formatted(c) : c < 0x10000 ? "\\u%04x".formatted(c)
                            : "\\U%08x".formatted(c));
                }
            }
        });
        return text.append(quote).toString();
    }

    private static boolean isPrintable(int c) {
        return c == ' ' || switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
