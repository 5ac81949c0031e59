package dev.merapi.text.jinja;

import java.util.Map;

/** What {@code |} does. */
final class Filters {
    private static final String WEB = "it is of use for web pages";

    static final Table<Object> ALL = new Table<Object>("filter");

    static {
        ListFilters.addTo(ALL);
        ALL.add("abs()", (v, _) -> Numbers.compare(number(v), 0L) < 0 ? Numbers.negative(v) : number(v))
                .add("attr(name)", (v, a) -> v instanceof Undefined u ? u : Methods.find(v, a.text("name")))
                .add("capitalize()", (v, _) -> Texts.capitalize(Values.text(v)))
                .add("center(width?)", (v, a) -> Texts.pad(Values.text(v), a.whole("width", 80), " ", 0.5))
                .add("d(default_value?, boolean?)", Filters::otherwise)
                .add("default(default_value?, boolean?)", Filters::otherwise)
                .add("e()", (v, _) -> Markup.escaped(v))
                .add("escape()", (v, _) -> Markup.escaped(v))
                .add("float(default?)", Filters::real)
                .add("forceescape()", (v, _) -> Markup.escaped(Values.text(v)))
                .add("format(*, **)", Filters::format)
                .add("indent(width?, first?, blank?)", Filters::indent)
                .add("int(default?, base?)", Filters::whole)
                .add("lower()", (v, _) -> Texts.lower(Values.text(v)))
                .add("replace(old, new, count?)", (v, a) -> Texts.replace(Values.text(v), a.text("old"), a.text("new"),
                        a.whole("count", -1)))
                .add("round(precision?, method?)", Filters::round)
                .add("safe()", (v, _) -> new Markup(Values.text(v)))
                .add("string()", (v, _) -> v instanceof Markup ? v : Values.text(v))
                .add("title()", (v, _) -> title(Values.text(v)))
                .add("tojson(ensure_ascii?, indent?, separators?, sort_keys?)", Json::write)
                .add("trim(chars?)", (v, a) -> Texts.strip(Values.text(v),
                        a.get("chars") == null ? null : a.string("chars"), true, true))
                .add("truncate(length?, killwords?, end?, leeway?)", Filters::truncate)
                .add("upper()", (v, _) -> Texts.upper(Values.text(v)))
                .add("wordcount()", (v, _) -> words(Values.text(v)))
                .refuse(WEB, "filesizeformat", "striptags", "urlencode", "urlize", "wordwrap", "xmlattr")
                .refuse("the same conversation always has the same text", "random")
                .refuse("it is of use for looking into a template", "pprint");
    }

    private Filters() {}

    private static String string(Object value) { return value instanceof Undefined ? "" : Values.string(value); }

    private static Object number(Object value) {
        return value instanceof Double ? value : Numbers.of(Numbers.big(value));
    }

    private static Object otherwise(Object value, Arguments a) {
        boolean missing = value instanceof Undefined || a.flag("boolean") && !Values.isTrue(value);
        return missing ? a.get("default_value", "") : value;
    }

    private static Object format(Object value, Arguments a) {
        if (!a.positional().isEmpty() && !a.named().isEmpty()) {
            throw new Wrong("format: expected values, or values with names. Received both.");
        }
        return PercentFormat.of(Values.text(value), a.named().isEmpty() ? new Tuple(a.positional()) : a.named());
    }

    /** Each line but the first, and none that is empty, moved to the right. */
    private static String indent(Object value, Arguments a) {
        Object width = a.get("width", 4L);
        String space = width instanceof String s ? s : new Output().repeat(" ", Numbers.index(width)).toString();
        var lines = Texts.lines(string(value) + "\n", false);
        var out = new Output();
        for (int i = 0; i < lines.size(); i++) {
            String line = Values.text(lines.get(i));
            if (i > 0) out.append("\n");
            if (i == 0 ? a.flag("first") : a.flag("blank") || !line.isEmpty()) out.append(space);
            out.append(line);
        }
        return out.toString();
    }

    private static Object whole(Object value, Arguments a) {
        Object otherwise = a.get("default", 0L);
        if (value instanceof Undefined u) throw u.used();
        if (value instanceof Double n) return Double.isNaN(n) ? otherwise : PercentFormat.truncated(n);
        if (Numbers.isNumber(value)) return Numbers.of(Numbers.big(value));
        if (!(value instanceof String) && !(value instanceof Markup)) return otherwise;
        String text = Values.text(value);
        Object read = Numbers.parseWhole(text, base(a.whole("base", 10)));
        if (read != null) return read;
        Double real = Numbers.parseReal(text);
        return real == null || !Double.isFinite(real) ? otherwise : PercentFormat.truncated(real);
    }

    private static int base(long base) {
        if (base == 0 || base >= 2 && base <= 36) return (int) base;
        throw new Wrong("int: expected a base from 2 to 36, or 0 for what the digits say. Received " + base + ".");
    }

    private static Object real(Object value, Arguments a) {
        if (value instanceof Undefined u) throw u.used();
        if (Numbers.isNumber(value)) return Numbers.real(value);
        Double read = value instanceof String || value instanceof Markup ? Numbers.parseReal(Values.text(value)) : null;
        return read == null ? a.get("default", 0.0) : read;
    }

    private static Object round(Object value, Arguments a) {
        Object number = number(value);
        long precision = a.whole("precision", 0);
        String method = Values.text(a.get("method", "common"));
        if (method.equals("common")) return Numbers.rounded(number, precision);
        if (!method.equals("ceil") && !method.equals("floor")) {
            throw new Wrong("round: expected the method common, ceil or floor. Received " + method + ".");
        }
        Object scale = Numbers.calculate("**", 10L, precision);
        double scaled = Numbers.real(Numbers.calculate("*", number, scale));
        Object whole = PercentFormat.truncated(method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
        return Numbers.calculate("/", whole, scale);
    }

    private static String title(String s) {
        var out = new StringBuilder();
        for (int from = 0; from < s.length(); ) {
            int end = s.offsetByCodePoints(from, 1);
            out.append(Texts.upper(s.substring(from, end)));
            from = end;
            if (isBetweenWords(s.codePointBefore(end))) continue;
            while (end < s.length() && !isBetweenWords(s.codePointAt(end))) end = s.offsetByCodePoints(end, 1);
            out.append(Texts.lower(s.substring(from, end)));
            from = end;
        }
        return out.toString();
    }

    private static boolean isBetweenWords(int c) { return Texts.isSpace(c) || "-({[<".indexOf(c) >= 0; }

    private static String truncate(Object value, Arguments a) {
        String s = string(value);
        String end = Values.text(a.get("end", "..."));
        long length = a.whole("length", 255);
        long leeway = a.whole("leeway", 5);
        if (length < Texts.length(end) || leeway < 0) {
            throw new Wrong("truncate: expected a length of at least " + Texts.length(end) + ", and a leeway of 0 or"
                    + " more. Received " + length + " and " + leeway + ".");
        }
        if (Texts.length(s) - leeway <= length) return s;
        String kept = s.substring(0, Texts.offset(s, length - Texts.length(end)));
        int space = a.flag("killwords") ? -1 : kept.lastIndexOf(' ');
        return (space < 0 ? kept : kept.substring(0, space)) + end;
    }

    private static long words(String s) {
        long count = 0;
        boolean in = false;
        for (int c : s.codePoints().toArray()) {
            boolean letter = Character.isLetterOrDigit(c) || c == '_' || Character.getType(c) == Character.OTHER_NUMBER;
            if (letter && !in) count++;
            in = letter;
        }
        return count;
    }

    static Object apply(String name, Object value, Arguments a) { return ALL.apply(name, value, a); }

    static Map<?, ?> map(String filter, Object value) {
        if (value instanceof Map<?, ?> map) return map;
        throw new Wrong(filter + ": expected a dictionary. Received " + Values.repr(value) + ".");
    }
}
