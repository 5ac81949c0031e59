package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** JSON as Python's {@code json.dumps} writes it, spaces and all: on that models were trained. */
final class Json {
    private final boolean ascii;
    private final boolean sorted;
    private final String indent; // null for one line
    private final String between;
    private final String colon;
    private final Output out = new Output();

    private Json(Arguments a) {
        Object given = a.get("indent");
        ascii = a.flag("ensure_ascii");
        sorted = a.flag("sort_keys");
        indent = given == null || given instanceof String ? (String) given
                : new Output().repeat(" ", Numbers.index(given)).toString();
        if (a.get("separators") == null) {
            between = indent == null ? ", " : ",";
            colon = ": ";
            return;
        }
        if (!(a.get("separators") instanceof List<?> two) || two.size() != 2) {
            throw new Wrong("tojson: expected two separators, such as (',', ':'). Received "
                    + Values.repr(a.get("separators")) + ".");
        }
        between = Values.text(two.getFirst());
        colon = Values.text(two.getLast());
    }

    static String write(Object value, Arguments a) {
        var json = new Json(a);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Object value, int depth) {
        Limits.spend(1);
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b ? "true" : "false");
            case Double n -> out.append(number(n));
            case String s -> quote(s);
            case Markup markup -> quote(markup.text());
            case Map<?, ?> map -> {
                String before = "{";
                for (var entry : entries(map)) {
                    line(before, depth + 1);
                    quote(key(entry.getKey()));
                    out.append(colon);
                    write(entry.getValue(), depth + 1);
                    before = between;
                }
                end(map.isEmpty(), "{", "}", depth);
            }
            case Range range -> throw wrong(range);
            case List<?> list -> {
                String before = "[";
                for (Object element : list) {
                    line(before, depth + 1);
                    write(element, depth + 1);
                    before = between;
                }
                end(list.isEmpty(), "[", "]", depth);
            }
            case Undefined u -> throw u.used();
            default -> {
                if (!Numbers.isWhole(value)) throw wrong(value);
                out.append(value.toString());
            }
        }
    }

    private static Wrong wrong(Object value) {
        String what = value instanceof Range || value instanceof View ? Values.repr(value)
                : "a " + value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return new Wrong("tojson: expected numbers, texts, lists and dictionaries. Received " + what
                + "; add | list, or say what of it.");
    }

    private void line(String before, int depth) {
        out.append(before);
        if (indent != null) out.append("\n").repeat(indent, depth);
    }

    private void end(boolean isEmpty, String open, String close, int depth) {
        if (isEmpty) out.append(open).append(close);
        else line("", depth, close);
    }

    private void line(String before, int depth, String after) {
        line(before, depth);
        out.append(after);
    }

    private List<Map.Entry<?, ?>> entries(Map<?, ?> map) {
        var entries = new ArrayList<Map.Entry<?, ?>>(map.entrySet());
        if (sorted) entries.sort((x, y) -> Values.compare(x.getKey(), y.getKey()));
        return entries;
    }

    private static String key(Object key) {
        return switch (key) {
            case null -> "null";
            case Boolean b -> b ? "true" : "false";
            case Double n -> number(n);
            default -> {
                if (key instanceof Tuple) throw wrong(key);
                yield Values.text(key);
            }
        };
    }

    private static String number(double n) {
        return Double.isNaN(n) ? "NaN" : n == Double.POSITIVE_INFINITY ? "Infinity"
                : n == Double.NEGATIVE_INFINITY ? "-Infinity" : Numbers.text(n);
    }

    private void quote(String s) {
        var text = new StringBuilder("\"");
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\f' -> text.append("\\f");
                case '\b' -> text.append("\\b");
                default -> {
                    if (c < ' ' || ascii && c > '~') text.append("\\u%04x".formatted((int) c));
                    else text.append(c);
                }
            }
        }
        out.append(text.append('"').toString());
    }
}
