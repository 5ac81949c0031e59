package dev.merapi.text.jinja;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;

/** The methods of Python's texts. */
final class TextMethods {
    private static final String RARE = "no chat template needs it";

    static final Table<String> ALL = new Table<String>("method")
            .add("capitalize()", (s, _) -> Texts.capitalize(s))
            .add("center(width, fillchar?)", (s, a) -> pad(s, a, 0.5))
            .add("count(sub, start?, end?)", (s, a) -> count(part(s, a), a.string("sub")))
            .add("endswith(suffix, start?, end?)", (s, a) -> any(s, a, "suffix", String::endsWith))
            .add("expandtabs(tabsize?)", (s, a) -> expandTabs(s, a.whole("tabsize", 8)))
            .add("find(sub, start?, end?)", (s, a) -> find(s, a, false))
            .add("format(*, **)", BraceFormat::of)
            .add("index(sub, start?, end?)", (s, a) -> found(find(s, a, false), a))
            .add("isalnum()", (s, _) -> all(s, c -> Character.isLetterOrDigit(c) || Character.getNumericValue(c) >= 0))
            .add("isalpha()", (s, _) -> all(s, Character::isLetter))
            .add("isascii()", (s, _) -> s.chars().allMatch(c -> c < 128))
            .add("isdecimal()", (s, _) -> all(s, Character::isDigit))
            .add("isdigit()", (s, _) -> all(s, TextMethods::isDigit))
            .add("islower()", (s, _) -> isLower(s))
            .add("isspace()", (s, _) -> all(s, Texts::isSpace))
            .add("istitle()", (s, _) -> s.codePoints().anyMatch(Texts::isCased) && Texts.title(s).equals(s))
            .add("isupper()", (s, _) -> isUpper(s))
            .add("join(iterable)", (s, a) -> Texts.join(texts(a.get("iterable")), s))
            .add("ljust(width, fillchar?)", (s, a) -> pad(s, a, 0))
            .add("lower()", (s, _) -> Texts.lower(s))
            .add("lstrip(chars?)", (s, a) -> Texts.strip(s, chars(a), true, false))
            .add("partition(sep)", (s, a) -> partition(s, a.string("sep"), false))
            .add("removeprefix(prefix)", (s, a) -> s.startsWith(a.string("prefix"))
                    ? s.substring(a.string("prefix").length()) : s)
            .add("removesuffix(suffix)", (s, a) -> s.endsWith(a.string("suffix"))
                    ? s.substring(0, s.length() - a.string("suffix").length()) : s)
            .add("replace(old, new, count?)", (s, a) -> Texts.replace(s, a.string("old"), a.string("new"),
                    a.whole("count", -1)))
            .add("rfind(sub, start?, end?)", (s, a) -> find(s, a, true))
            .add("rindex(sub, start?, end?)", (s, a) -> found(find(s, a, true), a))
            .add("rjust(width, fillchar?)", (s, a) -> pad(s, a, 1))
            .add("rpartition(sep)", (s, a) -> partition(s, a.string("sep"), true))
            .add("rsplit(sep?, maxsplit?)", (s, a) -> Texts.splitLast(s, separator(a), a.whole("maxsplit", -1)))
            .add("rstrip(chars?)", (s, a) -> Texts.strip(s, chars(a), false, true))
            .add("split(sep?, maxsplit?)", (s, a) -> Texts.split(s, separator(a), a.whole("maxsplit", -1)))
            .add("splitlines(keepends?)", (s, a) -> Texts.lines(s, a.flag("keepends")))
            .add("startswith(prefix, start?, end?)", (s, a) -> any(s, a, "prefix", String::startsWith))
            .add("strip(chars?)", (s, a) -> Texts.strip(s, chars(a), true, true))
            .add("swapcase()", (s, _) -> swapCase(s))
            .add("title()", (s, _) -> Texts.title(s))
            .add("upper()", (s, _) -> Texts.upper(s))
            .add("zfill(width)", (s, a) -> fillZeros(s, a.whole("width", 0)))
            .refuse(RARE, "casefold", "encode", "format_map", "isidentifier", "isnumeric", "isprintable", "maketrans",
                    "translate");

    private TextMethods() {}

    private static String chars(Arguments a) { return a.get("chars") == null ? null : a.string("chars"); }

    private static String separator(Arguments a) { return a.get("sep") == null ? null : a.string("sep"); }

    private static String pad(String s, Arguments a, double share) {
        return Texts.pad(s, a.whole("width", 0), Values.string(a.get("fillchar", " ")), share);
    }

    private static boolean all(String s, IntPredicate condition) {
        return !s.isEmpty() && s.codePoints().allMatch(condition);
    }

    private static boolean isDigit(int c) {
        int value = Character.getNumericValue(c);
        return Character.isDigit(c) || Character.getType(c) == Character.OTHER_NUMBER && value >= 0 && value < 10;
    }

    static boolean isLower(String s) {
        return s.codePoints().anyMatch(Character::isLowerCase)
                && s.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isUpper(String s) {
        return s.codePoints().anyMatch(Character::isUpperCase)
                && s.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    private static List<Object> texts(Object values) {
        var all = Values.list(values);
        all.forEach(Values::string);
        return all;
    }

    static long bound(long place, long size) { return Math.clamp(place < 0 ? place + size : place, 0, size); }

    /** What lies between {@code start} and {@code end}; null where it begins behind the end. */
    private static String part(String s, Arguments a) {
        if (a.get("start") == null && a.get("end") == null) return s;
        long size = Texts.length(s);
        if (a.whole("start", 0) > size) return null;
        long from = bound(a.whole("start", 0), size);
        long to = bound(a.whole("end", size), size);
        return to < from ? null : s.substring(Texts.offset(s, from), Texts.offset(s, to));
    }

    private static boolean any(String s, Arguments a, String name, BiPredicate<String, String> holds) {
        String part = part(s, a);
        var choices = a.get(name) instanceof Tuple tuple ? texts(tuple) : texts(Tuple.of(a.get(name)));
        return part != null && choices.stream().anyMatch(choice -> holds.test(part, Values.text(choice)));
    }

    private static long count(String s, String part) {
        if (s == null) return 0;
        return part.isEmpty() ? Texts.length(s) + 1 : Texts.split(s, part, -1).size() - 1L;
    }

    private static long find(String s, Arguments a, boolean last) {
        String part = part(s, a);
        if (part == null) return -1;
        String sub = a.string("sub");
        int at = last ? Texts.findLast(part, sub) : Texts.find(part, sub, 0);
        return at < 0 ? -1 : bound(a.whole("start", 0), Texts.length(s)) + part.codePointCount(0, at);
    }

    private static long found(long at, Arguments a) {
        if (at >= 0) return at;
        throw new Wrong("expected " + Values.repr(a.get("sub")) + " in the text. It is not there.");
    }

    private static Tuple partition(String s, String separator, boolean last) {
        if (separator.isEmpty()) throw new Wrong("partition: expected a separator. Received an empty text.");
        int at = last ? Texts.findLast(s, separator) : Texts.find(s, separator, 0);
        if (at < 0) return last ? Tuple.of("", "", s) : Tuple.of(s, "", "");
        return Tuple.of(s.substring(0, at), separator, s.substring(at + separator.length()));
    }

    private static String expandTabs(String s, long size) {
        var out = new Output();
        long column = 0;
        for (int c : s.codePoints().toArray()) {
            if (c == '\t') {
                long spaces = size <= 0 ? 0 : size - column % size;
                out.repeat(" ", spaces);
                column += spaces;
            } else {
                out.append(Character.toString(c));
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return out.toString();
    }

    private static String swapCase(String s) {
        var out = new StringBuilder();
        s.codePoints().mapToObj(Character::toString)
                .forEach(c -> out.append(Character.isUpperCase(c.codePointAt(0)) ? Texts.lower(c) : Texts.upper(c)));
        return out.toString();
    }

    private static String fillZeros(String s, long width) {
        boolean signed = s.startsWith("+") || s.startsWith("-");
        return new Output().append(signed ? s.substring(0, 1) : "").repeat("0", width - Texts.length(s))
                .append(signed ? s.substring(1) : s).toString();
    }
}
