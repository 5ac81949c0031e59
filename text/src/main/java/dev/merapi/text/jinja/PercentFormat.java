package dev.merapi.text.jinja;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code '%s is %5.2f' % (name, value)}. */
final class PercentFormat {
    private static final Pattern PLACE = Pattern.compile(
            "%(?:\\((?<key>[^)]*+)\\))?(?<flags>[-+ #0]*+)(?<width>\\*|\\d*+)(?:\\.(?<precision>\\*|\\d*+))?[hlL]?"
                    + "(?<type>.)", Pattern.DOTALL);

    private final Object given;
    private final List<?> values;
    private int used;

    private PercentFormat(Object given) {
        this.given = given;
        values = given instanceof Tuple tuple ? tuple : Collections.singletonList(given);
    }

    static String of(String format, Object values) { return new PercentFormat(values).write(format); }

    private String write(String format) {
        var out = new Output();
        var place = PLACE.matcher(format);
        int at = 0;
        while (true) {
            int next = format.indexOf('%', at);
            if (next < 0) break;
            out.append(format.substring(at, next));
            if (!place.find(next) || place.start() != next) throw wrong("a letter after %");
            out.append(place.group("type").equals("%") ? "%" : written(place));
            at = place.end();
        }
        out.append(format.substring(at));
        if (used < values.size() && !(given instanceof Map<?, ?>)) throw wrong("as many places as values");
        return out.toString();
    }

    private static Wrong wrong(String expected) { return new Wrong("a format with %: expected " + expected + "."); }

    private String written(Matcher place) {
        String flags = place.group("flags");
        long width = size(place.group("width"), 0);
        long precision = size(place.group("precision"), -1);
        boolean left = flags.contains("-") || width < 0;
        var spec = new FormatSpec(left ? '<' : '>', ' ', flags.contains("+") ? '+' : flags.contains(" ") ? ' ' : '-',
                flags.contains("#"), flags.contains("0") && !left, Math.abs(width), "", precision);
        Object value = place.group("key") == null ? next() : entry(place.group("key"));
        char type = place.group("type").charAt(0);
        return switch (type) {
            case 's' -> spec.text(Values.text(value));
            case 'r' -> spec.text(Values.repr(value));
            case 'd', 'i', 'u' -> spec.whole(value instanceof Double n ? truncated(n) : value, 'd');
            case 'o', 'x', 'X' -> spec.whole(value, type);
            case 'e', 'E', 'f', 'F', 'g', 'G' -> spec.real(value, type);
            case 'c' -> spec.text(character(value));
            default -> throw wrong("one of %s %r %d %i %u %o %x %X %e %E %f %F %g %G %c %%. Received %" + type);
        };
    }

    private static String character(Object value) {
        if (value instanceof String s && Texts.length(s) == 1) return s;
        if (Numbers.isWhole(value) && Character.isValidCodePoint((int) Numbers.index(value))) {
            return Character.toString((int) Numbers.index(value));
        }
        throw wrong("one character for %c. Received " + Values.repr(value));
    }

    static Object truncated(double n) {
        if (!Double.isFinite(n)) throw new Wrong("expected a finite number. Received " + Numbers.text(n) + ".");
        return Numbers.of(new BigDecimal(n).toBigInteger());
    }

    private long size(String text, long otherwise) {
        if (text == null) return otherwise;
        if (text.equals("*")) return Numbers.index(next());
        return text.isEmpty() ? 0 : FormatSpec.size(text);
    }

    private Object next() {
        if (used == values.size()) throw wrong("a value for each place. Received " + values.size());
        return values.get(used++);
    }

    private Object entry(String key) {
        if (!(given instanceof Map<?, ?> map)) throw wrong("a dictionary for names in brackets");
        var entry = Keys.entry(map, key);
        if (entry == null) throw wrong("a value for " + key);
        return entry.getValue();
    }
}
