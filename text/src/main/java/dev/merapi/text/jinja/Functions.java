package dev.merapi.text.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that every template has. */
final class Functions {
    private static final Table<Void> ALL = new Table<Void>("function")
            .add("cycler(*)", (_, a) -> new Cycler(a.positional()))
            .add("dict(*, **)", (_, a) -> entries(a))
            .add("joiner(sep?)", (_, a) -> joiner(Values.text(a.get("sep", ", "))))
            .add("namespace(*, **)", (_, a) -> new Namespace(entries(a)))
            .add("raise_exception(message)", (_, a) -> {
                throw new Wrong(a.text("message"));
            })
            .add("range(*)", (_, a) -> range(a.positional()))
            .add("strftime_now(format)", (_, a) -> now(a.string("format")))
            .refuse("the same conversation always has the same text", "lipsum");

    private Functions() {}

    /** A function of that name; {@link Undefined} where there is none. */
    static Object find(String name) {
        return ALL.knows(name) ? (Callable) a -> ALL.apply(name, null, a) : new Undefined(name);
    }

    private static Map<Object, Object> entries(Arguments a) {
        var map = new LinkedHashMap<Object, Object>();
        if (a.positional().size() > 1) throw new Wrong("expected one dictionary, or one list of pairs.");
        for (Object given : a.positional()) {
            if (given instanceof Map<?, ?> other) map.putAll(other);
            else for (Object pair : Values.list(given)) putPair(map, Values.list(pair));
        }
        map.putAll(a.named());
        return map;
    }

    private static void putPair(Map<Object, Object> map, List<Object> pair) {
        if (pair.size() != 2) throw new Wrong("expected pairs of key and value. Received " + Values.repr(pair) + ".");
        Keys.put(map, pair.getFirst(), pair.getLast());
    }

    private static Range range(List<Object> numbers) {
        long[] n = numbers.stream().mapToLong(Numbers::index).toArray();
        return switch (n.length) {
            case 1 -> new Range(0, n[0], 1);
            case 2 -> new Range(n[0], n[1], 1);
            case 3 -> new Range(n[0], n[1], n[2]);
            default -> throw new Wrong("range: expected from 1 to 3 numbers. Received " + n.length + ".");
        };
    }

    /** Nothing when it is first called, then what stands between. */
    private static Callable joiner(String separator) {
        var used = new boolean[1];
        return _ -> {
            boolean first = !used[0];
            used[0] = true;
            return first ? "" : separator;
        };
    }

    /** Values by turns. */
    private static final class Cycler implements Thing {
        private final List<Object> values;
        private int at;

        Cycler(List<Object> values) {
            if (values.isEmpty()) throw new Wrong("cycler: expected at least one value. Received none.");
            this.values = values;
        }

        @Override public Object attribute(String name) {
            return switch (name) {
                case "current" -> values.get(at);
                case "next" -> (Callable) _ -> {
                    Object now = values.get(at);
                    at = (at + 1) % values.size();
                    return now;
                };
                case "reset" -> (Callable) _ -> {
                    at = 0;
                    return null;
                };
                default -> new Undefined(name);
            };
        }
    }

    /** The time by C's letters for its parts. */
    private static String now(String format) {
        var formatter = new DateTimeFormatterBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '%' && i + 1 < format.length()) part(formatter, format.charAt(++i));
            else formatter.appendLiteral(c);
        }
        return LocalDateTime.now().format(formatter.toFormatter(Locale.ENGLISH));
    }

    private static void part(DateTimeFormatterBuilder formatter, char letter) {
        if (letter == '%') formatter.appendLiteral('%');
        else formatter.appendPattern(pattern(letter));
    }

    private static String pattern(char letter) {
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
