package dev.merapi.text.jinja;

import dev.merapi.text.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, and the white space around tags away: that before a tag which begins its line, the end
 * of the line behind it, and all at the side of a minus.
 */
final class Lexer {
    private static final List<String> SYMBOLS = List.of("**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%",
            "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", "|", ",", ":", ".");

    private static final Pattern RAW = Pattern.compile("\\s*+raw\\s*+(?:-%}\\s*+|%})",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern END_OF_RAW = Pattern.compile("\\{%([-+]?)\\s*+endraw\\s*+(?:\\+%}|-%}\\s*+|%}\n?)",
            Pattern.UNICODE_CHARACTER_CLASS);

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean lineBegins = true; // whether what stands before is the end of a line that was cut away

    private Lexer(String source) { this.source = source; }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        var lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (true) {
            int open = nextOpening();
            String text = source.substring(at, open);
            boolean more = open < source.length();
            add(Kind.TEXT, more ? beforeTag(text, open) : text, null);
            move(Math.min(open + 2, source.length()));
            if (!more) break;
            char kind = source.charAt(open + 1);
            if (at < source.length() && "+-".indexOf(source.charAt(at)) >= 0) move(at + 1);
            var raw = RAW.matcher(source).region(at, source.length());
            if (kind == '%' && raw.lookingAt()) raw(raw.end());
            else if (kind == '#') comment();
            else tag(kind);
        }
        tokens.add(new Token(Kind.END, "", null, line));
    }

    private int nextOpening() {
        for (int i = at; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) return i;
        }
        return source.length();
    }

    private String beforeTag(String text, int open) {
        char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
        if (sign == '-') return Texts.strip(text, null, false, true);
        int begin = text.lastIndexOf('\n') + 1;
        boolean alone = (begin > 0 || lineBegins) && Texts.isBlank(text.substring(begin));
        return alone && sign != '+' && source.charAt(open + 1) != '{' ? text.substring(0, begin) : text;
    }

    /** A part that is taken as it stands. */
    private void raw(int from) {
        var end = END_OF_RAW.matcher(source).region(from, source.length());
        if (!end.find()) throw new Wrong("a raw part has no end: expected {% endraw %}.").in(line);
        lineBegins = source.charAt(from - 1) == '\n';
        move(from);
        add(Kind.TEXT, beforeTag(source.substring(from, end.start()), end.start()), null);
        move(end.end());
        lineBegins = source.charAt(at - 1) == '\n';
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) throw new Wrong("a comment has no end: expected #}.").in(line);
        move(end + 2);
        afterTag(source.charAt(end - 1), true);
    }

    private void tag(char kind) {
        add(kind == '{' ? Kind.OUTPUT : Kind.TAG, "the beginning of a tag", null);
        String close = kind == '{' ? "}}" : "%}";
        for (int depth = 0; ; ) {
            skipSpace();
            if (at == source.length()) throw new Wrong("a tag has no end: expected " + close + ".").in(line);
            char c = source.charAt(at);
            int sign = "+-".indexOf(c) >= 0 ? 1 : 0;
            if (depth == 0 && source.startsWith(close, at + sign)) {
                add(Kind.CLOSE, close, null);
                move(at + sign + close.length());
                afterTag(c, kind == '%');
                return;
            }
            if ("([{".indexOf(c) >= 0) depth++;
            if (")]}".indexOf(c) >= 0) depth--;
            token(c);
        }
    }

    private void skipSpace() {
        int end = at;
        while (end < source.length() && Texts.isSpace(source.charAt(end))) end++;
        move(end);
    }

    /** @param sign in front of the tag's end, if it is one */
    private void afterTag(char sign, boolean trimLine) {
        int from = at;
        if (sign == '-') {
            skipSpace();
        } else if (trimLine && sign != '+' && source.startsWith("\n", at)) {
            move(at + 1);
        }
        lineBegins = at > from && source.charAt(at - 1) == '\n';
    }

    private void token(char c) {
        if (c == '"' || c == '\'') string(c);
        else if (isDigit(c, 10)) number();
        else if (isNameStart(c)) name();
        else symbol();
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) end += source.charAt(end) == '\\' ? 2 : 1;
        if (end >= source.length()) throw new Wrong("a string has no end: expected " + quote + ".").in(line);
        add(Kind.LITERAL, "", Escapes.read(source.substring(at + 1, end), line));
        move(end + 1);
    }

    private void number() {
        int base = source.startsWith("0x", at) || source.startsWith("0X", at) ? 16
                : source.startsWith("0o", at) || source.startsWith("0O", at) ? 8
                : source.startsWith("0b", at) || source.startsWith("0B", at) ? 2 : 10;
        int end = digits(base == 10 ? at : at + 2, base);
        boolean real = base == 10 && !source.startsWith(".", at - 1) && end != (end = fraction(end));
        String text = source.substring(base == 10 ? at : at + 2, end).replace("_", "");
        if (text.isEmpty() || text.length() > Limits.DIGITS || base == 10 && !real && text.matches("0+[1-9].*")) {
            throw new Wrong("expected a number. Received " + Texts.shortened(source.substring(at, end)) + ".").in(line);
        }
        add(Kind.LITERAL, "", real ? (Object) Double.valueOf(text) : Numbers.of(new BigInteger(text, base)));
        move(end);
    }

    /** The end of digits, between which there may be underscores. */
    private int digits(int from, int base) {
        int end = from;
        while (end < source.length() && (isDigit(source.charAt(end), base)
                || end > from && source.charAt(end) == '_' && isDigitAt(end + 1, base))) end++;
        return end;
    }

    private boolean isDigitAt(int place, int base) {
        return place < source.length() && isDigit(source.charAt(place), base);
    }

    private static boolean isDigit(char c, int base) { return c < 128 && Character.digit(c, base) >= 0; }

    /** The end of a fraction and an exponent; the same place if there is neither. */
    private int fraction(int from) {
        int end = from;
        if (source.startsWith(".", end) && isDigitAt(end + 1, 10)) end = digits(end + 1, 10);
        if (source.startsWith("e", end) || source.startsWith("E", end)) {
            int sign = source.startsWith("+", end + 1) || source.startsWith("-", end + 1) ? 1 : 0;
            if (isDigitAt(end + 1 + sign, 10)) end = digits(end + 1 + sign, 10);
        }
        return end;
    }

    private static boolean isNameStart(char c) { return c == '_' || Character.isUnicodeIdentifierStart(c); }

    private void name() {
        int end = at;
        while (end < source.length() && Character.isUnicodeIdentifierPart(source.charAt(end))
                && !Character.isIdentifierIgnorable(source.charAt(end))) end++;
        add(Kind.NAME, source.substring(at, end), null);
        move(end);
    }

    private void symbol() {
        String symbol = SYMBOLS.stream().filter(s -> source.startsWith(s, at)).findFirst()
                .orElseThrow(() -> new Wrong("unexpected " + source.charAt(at) + ".").in(line));
        add(Kind.SYMBOL, symbol, null);
        move(at + symbol.length());
    }

    private void add(Kind kind, String text, Object value) {
        if (kind != Kind.TEXT || !text.isEmpty()) tokens.add(new Token(kind, text, value, line));
    }

    private void move(int to) {
        for (int i = at; i < to; i++) if (source.charAt(i) == '\n') line++;
        at = to;
    }
}
