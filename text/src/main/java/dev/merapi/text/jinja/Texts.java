package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What Python does with texts; places and lengths are counted in characters of Unicode. */
final class Texts {
    /** Up to here Java's own search is fast enough, whatever the text. */
    private static final int SHORT = 32;

    private Texts() {}

    /** White space as Python has it. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static boolean isBlank(String s) { return s.codePoints().allMatch(Texts::isSpace); }

    static long length(String s) { return s.codePointCount(0, s.length()); }

    /** Where a character of Unicode stands among those of Java. */
    static int offset(String s, long place) { return s.offsetByCodePoints(0, (int) place); }

    static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        int i = 0;
        while (i < common && a.charAt(i) == b.charAt(i)) i++;
        Limits.spend(1 + i / 2);
        if (i == common) return Integer.compare(a.length(), b.length());
        boolean inPair = i > 0 && Character.isHighSurrogate(a.charAt(i - 1));
        return Integer.compare(a.codePointAt(inPair ? i - 1 : i), b.codePointAt(inPair ? i - 1 : i));
    }

    /** As indexOf, in a time that does not depend on how alike text and part are (Knuth, Morris and Pratt 1977). */
    static int find(String text, String part, int from) {
        Limits.spend(8);
        int at = part.length() <= SHORT ? text.indexOf(part, from) : search(text, part, from);
        Limits.spend((at < 0 ? text.length() : at) - from);
        return at;
    }

    private static int search(String text, String part, int from) {
        Limits.spend(part.length());
        var back = new int[part.length() + 1]; // how much of the part's beginning ends here again
        back[0] = -1;
        for (int i = 0, k = -1; i < part.length(); back[++i] = ++k) {
            while (k >= 0 && part.charAt(i) != part.charAt(k)) k = back[k];
        }
        for (int i = from, k = 0; i < text.length(); i++) {
            while (k >= 0 && text.charAt(i) != part.charAt(k)) k = back[k];
            if (++k == part.length()) return i + 1 - k;
        }
        return -1;
    }

    static int findLast(String text, String part) {
        return part.length() <= SHORT ? text.lastIndexOf(part)
                : text.length() - part.length() - reversed(find(reversed(text), reversed(part), 0), text, part);
    }

    private static int reversed(int found, String text, String part) {
        return found < 0 ? text.length() - part.length() + 1 : found;
    }

    private static String reversed(String s) { return new StringBuilder(s).reverse().toString(); }

    /** @param chars null for white space */
    static String strip(String s, String chars, boolean left, boolean right) {
        int from = 0;
        int to = s.length();
        while (left && from < to && isStripped(s.codePointAt(from), chars)) from = s.offsetByCodePoints(from, 1);
        while (right && to > from && isStripped(s.codePointBefore(to), chars)) to = s.offsetByCodePoints(to, -1);
        return s.substring(from, to);
    }

    private static boolean isStripped(int c, String chars) {
        return chars == null ? isSpace(c) : chars.indexOf(c) >= 0;
    }

    /**
     * @param separator null for any white space
     * @param most splits; below 0 for all
     */
    static List<Object> split(String s, String separator, long most) {
        if (separator == null) return words(s, most);
        if (separator.isEmpty()) throw new Wrong("split: expected a separator. Received an empty text.");
        var parts = new ArrayList<Object>();
        int from = 0;
        while (most < 0 || parts.size() < most) {
            int at = find(s, separator, from);
            if (at < 0) break;
            Limits.step();
            parts.add(s.substring(from, at));
            from = at + separator.length();
        }
        parts.add(s.substring(from));
        return parts;
    }

    private static List<Object> words(String s, long most) {
        var parts = new ArrayList<Object>();
        int at = 0;
        while (true) {
            while (at < s.length() && isSpace(s.charAt(at))) at++;
            if (at == s.length()) return parts;
            Limits.step();
            if (most >= 0 && parts.size() >= most) {
                parts.add(strip(s.substring(at), null, false, parts.size() > most));
                return parts;
            }
            int from = at;
            while (at < s.length() && !isSpace(s.charAt(at))) at++;
            parts.add(s.substring(from, at));
        }
    }

    /** Split from the end. */
    static List<Object> splitLast(String s, String separator, long most) {
        var backwards = split(reversed(s), separator == null ? null : reversed(separator), most);
        Collections.reverse(backwards);
        backwards.replaceAll(part -> reversed((String) part));
        return backwards;
    }

    static List<Object> lines(String s, boolean withEnds) {
        var lines = new ArrayList<Object>();
        for (int from = 0; from < s.length(); ) {
            int end = from;
            while (end < s.length() && !isLineEnd(s.charAt(end))) end++;
            int next = s.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, s.length());
            Limits.step();
            lines.add(s.substring(from, withEnds ? next : end));
            from = next;
        }
        return lines;
    }

    private static boolean isLineEnd(char c) {
        return c >= '\n' && c <= '\r' || c >= 0x1C && c <= 0x1E || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** @param most replacements; below 0 for all */
    static String replace(String s, String old, String by, long most) {
        var out = new Output();
        if (old.isEmpty()) { // between all characters
            int at = 0;
            for (long count = 0; most < 0 || count < most; count++) {
                out.append(by);
                if (at == s.length()) break;
                int next = s.offsetByCodePoints(at, 1);
                out.append(s.substring(at, next));
                at = next;
            }
            return out.append(s.substring(at)).toString();
        }
        int from = 0;
        for (long count = 0; most < 0 || count < most; count++) {
            int at = find(s, old, from);
            if (at < 0) break;
            out.append(s.substring(from, at)).append(by);
            from = at + old.length();
        }
        return out.append(s.substring(from)).toString();
    }

    static String join(List<?> parts, String between) {
        var out = new Output();
        for (int i = 0; i < parts.size(); i++) out.append(i == 0 ? "" : between).append(Values.text(parts.get(i)));
        return out.toString();
    }

    static String upper(String s) { return s.toUpperCase(Locale.ROOT); }

    static String lower(String s) { return s.toLowerCase(Locale.ROOT); }

    static String capitalize(String s) {
        if (s.isEmpty()) return s;
        int first = s.offsetByCodePoints(0, 1);
        String letter = s.substring(0, first);
        return titled(letter) + lower(s).substring(lower(letter).length()); // a letter may depend on those before
    }

    /** One letter as a word begins with it. */
    private static String titled(String letter) {
        int c = letter.codePointAt(0);
        String upper = upper(letter);
        boolean several = upper.length() > letter.length() && Character.toTitleCase(c) == c;
        return several ? upper.charAt(0) + lower(upper.substring(1)) : Character.toString(Character.toTitleCase(c));
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** Words begin behind what is no letter. */
    static String title(String s) {
        var out = new StringBuilder();
        for (int from = 0; from < s.length(); ) {
            int end = from;
            while (end < s.length() && isCased(s.codePointAt(end))) end = s.offsetByCodePoints(end, 1);
            if (end == from) end = s.offsetByCodePoints(end, 1);
            out.append(capitalize(s.substring(from, end)));
            from = end;
        }
        return out.toString();
    }

    /** @param share of the fill that stands on the left: 0, 0.5 or 1 */
    static String pad(String s, long width, String fill, double share) {
        long missing = Math.max(0, width - length(s));
        if (length(fill) != 1) {
            throw new Wrong("expected one character to fill up with. Received " + Repr.quoted(fill) + ".");
        }
        long left = share == 0.5 ? missing / 2 + (missing & width & 1) : (long) (share * missing);
        return padded(s, fill, left, missing - left);
    }

    static String padded(String s, String fill, long left, long right) {
        return new Output().repeat(fill, left).append(s).repeat(fill, right).toString();
    }

    /** For a message. */
    static String shortened(String s) { return s.length() <= 40 ? s : s.substring(0, 40) + "…"; }
}
