package dev.merapi.text.tokenizer;

import dev.merapi.text.tokenizer.Regex.Atomic;
import dev.merapi.text.tokenizer.Regex.Choice;
import dev.merapi.text.tokenizer.Regex.Kind;
import dev.merapi.text.tokenizer.Regex.Look;
import dev.merapi.text.tokenizer.Regex.One;
import dev.merapi.text.tokenizer.Regex.Place;
import dev.merapi.text.tokenizer.Regex.Repeat;
import dev.merapi.text.tokenizer.Regex.Sequence;
import java.util.ArrayList;
import java.util.regex.Pattern;

/** Reads expressions of Oniguruma in Ruby's syntax, which is what a {@code tokenizer.json} holds. */
final class RegexParser {
    private static final int MAX_DEPTH = 100; // the native parser ends the process at some thousands
    private static final Pattern CATEGORY = Pattern.compile("[LMNPS][a-z&]?");
    private static final Pattern COUNT = Pattern.compile("\\{(\\d{0,6})(,?)(\\d{0,6})}");

    private final String pattern;
    private int at;
    private int depth;

    private RegexParser(String pattern) {
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException if it is damaged, or has what no bound is known for, such as references */
    static Regex parse(String pattern) {
        var parser = new RegexParser(pattern);
        var all = parser.choice();
        if (parser.at < pattern.length()) throw parser.unknown("the bracket");
        return all;
    }

    private Regex choice() {
        if (++depth > MAX_DEPTH) throw unknown("more than " + MAX_DEPTH + " brackets in each other");
        var options = new ArrayList<Regex>();
        do options.add(sequence()); while (skip("|"));
        depth--;
        return options.size() == 1 ? options.getFirst() : new Choice(options);
    }

    private Regex sequence() {
        var parts = new ArrayList<Regex>();
        while (at < pattern.length() && !sees("|") && !sees(")")) parts.add(repeated(atom()));
        return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
    }

    private Regex repeated(Regex inside) {
        while (at < pattern.length()) {
            var count = COUNT.matcher(pattern).region(at, pattern.length());
            int min, max;
            if (skip("*")) {
                min = 0;
                max = Integer.MAX_VALUE;
            } else if (skip("+")) {
                min = 1;
                max = Integer.MAX_VALUE;
            } else if (skip("?")) {
                min = 0;
                max = 1;
            } else if (count.lookingAt() && count.end() > at + 2 && !count.group().equals("{,}")) {
                at = count.end();
                min = number(count.group(1), 0);
                max = count.group(2).isEmpty() ? min : number(count.group(3), Integer.MAX_VALUE);
                inside = new Repeat(inside, skip("?") ? 0 : min, Math.max(min, max)); // "{2}?" is 2 or none
                continue;
            } else {
                return inside;
            }
            inside = new Repeat(inside, min, max);
            if (skip("+")) inside = new Atomic(inside);
            else skip("?");
        }
        return inside;
    }

    private static int number(String digits, int otherwise) {
        return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
    }

    private Regex atom() {
        char c = next();
        return switch (c) {
            case '(' -> group();
            case '[' -> new One(characters());
            case '.' -> new One(Kind.ANY);
            case '^', '$' -> new Place();
            case '\\' -> escape();
            default -> new One(kind(c));
        };
    }

    private Regex group() {
        if (sees("*")) throw unknown("the call");
        if (!skip("?")) return closed(choice());
        if (skip(":")) return closed(choice());
        if (skip("=")) return new Look(closed(choice()), true);
        if (skip("!") || skip("<=") || skip("<!")) return new Look(closed(choice()), false);
        if (skip(">")) return new Atomic(closed(choice()));
        if (skip("#")) return comment();
        if (sees("<") || sees("'")) {
            char end = next() == '<' ? '>' : '\'';
            if (!Character.isLetter(next())) throw unknown("the group");
            while (next() != end) { }
            return closed(choice());
        }
        while (sees("i") || sees("m") || sees("-")) at++;
        if (skip(":")) return closed(choice());
        if (skip(")")) return choice(); // holds for the rest of what is around it
        throw unknown("the group");
    }

    private Regex comment() {
        while (next() != ')') { }
        return new Sequence(new ArrayList<>());
    }

    private Regex closed(Regex inside) {
        if (!skip(")")) throw unknown("a bracket without its end");
        return inside;
    }

    private Regex escape() {
        if (at < pattern.length() && "bBAZzGKyY".indexOf(pattern.charAt(at)) >= 0) {
            at++;
            return new Place();
        }
        return new One(escaped());
    }

    /** The kind of the characters that are named behind a backslash. */
    private Kind escaped() {
        char c = next();
        return switch (c) {
            case 's', 'n', 't', 'r', 'f', 'v' -> Kind.SPACE;
            case 'S', 'w', 'd', 'h', 'a', 'e' -> Kind.OTHER;
            case 'W', 'D', 'H', 'R', 'X', 'N', 'O' -> Kind.ANY;
            case 'p', 'P' -> property(c == 'P');
            case 'x', 'u' -> kind(code(c));
            default -> {
                if (Character.isLetterOrDigit(c)) throw unknown("\\" + c);
                yield kind(c);
            }
        };
    }

    private Kind property(boolean negative) {
        if (!skip("{")) throw unknown("\\p");
        if (skip("^")) negative = !negative;
        int from = at;
        while (next() != '}') { }
        var name = pattern.substring(from, at - 1);
        if (negative) return Kind.ANY;
        return CATEGORY.matcher(name).matches() || isScript(name) ? Kind.OTHER : Kind.ANY;
    }

    private static boolean isScript(String name) {
        try {
            var script = Character.UnicodeScript.forName(name);
            return script != Character.UnicodeScript.COMMON && script != Character.UnicodeScript.INHERITED;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private int code(char kind) {
        int from = at;
        boolean braces = kind == 'x' && skip("{");
        if (braces) {
            from = at;
            while (!sees("}")) next();
        } else {
            at = Math.min(pattern.length(), at + (kind == 'u' ? 4 : 2));
        }
        try {
            return Integer.parseInt(pattern.substring(from, at), 16);
        } catch (NumberFormatException _) {
            throw unknown("the character's number");
        } finally {
            if (braces) at++;
        }
    }

    /** A class in square brackets, of which the first is read already. */
    private Kind characters() {
        if (++depth > MAX_DEPTH) throw unknown("more than " + MAX_DEPTH + " brackets in each other");
        boolean negative = skip("^");
        var all = Kind.ANY; // of what stands between "&&", of which each must hold
        var some = Kind.NONE;
        boolean allSpaces = false, common = false;
        for (boolean first = true; first || !sees("]"); first = false) {
            allSpaces |= sees("\\s");
            if (skip("&&")) {
                common = true;
                if (all == Kind.ANY) all = some;
                some = Kind.NONE;
            } else {
                some = some.or(member());
            }
        }
        at++;
        depth--;
        if (negative) return allSpaces && !common ? Kind.OTHER : Kind.ANY;
        return all == Kind.ANY ? some : all;
    }

    private Kind member() {
        char c = next();
        if (c == '[') return characters();
        boolean single = c != '\\' || at < pattern.length() && "xu".indexOf(pattern.charAt(at)) >= 0
                || at < pattern.length() && !Character.isLetterOrDigit(pattern.charAt(at));
        int from = at;
        var kind = c == '\\' ? escaped() : kind(c);
        if (!sees("-") || sees("-]") || sees("-[")) return kind;
        if (!single) return Kind.ANY;
        int low = last(from, c);
        at++;
        from = at;
        c = next();
        if (c == '\\') escaped();
        int high = last(from + 1, c);
        for (int space : new int[] {'\t', '\n', 0x0B, '\f', '\r', ' '}) {
            if (low <= space && space <= high) return Kind.ANY;
        }
        return Kind.OTHER;
    }

    /** The character that was just read from {@code from} on, behind its first sign {@code c}. */
    private int last(int from, char c) {
        if (c != '\\') return c;
        var text = pattern.substring(from, at);
        if (text.matches("[xu]\\{?[0-9A-Fa-f]{1,6}}?")) return Integer.parseInt(text.replaceAll("[xu{}]", ""), 16);
        return text.charAt(0);
    }

    private static Kind kind(int c) {
        return TextLimits.isSpace(c) || Character.isWhitespace(c) || Character.isSpaceChar(c) ? Kind.SPACE : Kind.OTHER;
    }

    private boolean sees(String text) { return pattern.startsWith(text, at); }

    private boolean skip(String text) {
        if (!sees(text)) return false;
        at += text.length();
        return true;
    }

    private char next() {
        if (at == pattern.length()) throw unknown("its end");
        return pattern.charAt(at++);
    }

    private IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("expected a regular expression of characters, classes, groups, choices,"
                + " repetitions and looks around, whose search has an end. Received " + shown(pattern) + "; wrong or"
                + " not supported is " + what + " before position " + at + ".");
    }

    static String shown(String pattern) { return pattern.length() <= 80 ? pattern : pattern.substring(0, 80) + " …"; }
}
