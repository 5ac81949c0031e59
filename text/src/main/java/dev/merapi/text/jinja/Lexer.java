package dev.merapi.text.jinja;

import dev.merapi.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into tokens, and the white space around tags away: that before a tag which begins its line, the end
 * of the line behind it, and all at the side of a minus.
 */
final class Lexer {
    private static final List<String> SYMBOLS = List.of("**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%",
            "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", "|", ",", ":", ".");

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
            if (kind == '#') comment();
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
        if (sign == '-') return text.stripTrailing();
        int begin = text.lastIndexOf('\n') + 1;
        boolean alone = (begin > 0 || lineBegins) && text.substring(begin).isBlank();
        return alone && sign != '+' && source.charAt(open + 1) != '{' ? text.substring(0, begin) : text;
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
            while (at < source.length() && Character.isWhitespace(source.charAt(at))) move(at + 1);
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

    /** @param sign in front of the tag's end, if it is one */
    private void afterTag(char sign, boolean trimLine) {
        int from = at;
        if (sign == '-') {
            while (at < source.length() && Character.isWhitespace(source.charAt(at))) move(at + 1);
        } else if (trimLine && sign != '+' && source.startsWith("\n", at)) {
            move(at + 1);
        }
        lineBegins = at > from && source.charAt(at - 1) == '\n';
    }

    private void token(char c) {
        if (c == '"' || c == '\'') string(c);
        else if (Character.isDigit(c)) number();
        else if (Character.isJavaIdentifierStart(c)) name();
        else symbol();
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) end += source.charAt(end) == '\\' ? 2 : 1;
        if (end >= source.length()) throw new Wrong("a string has no end: expected " + quote + ".").in(line);
        add(Kind.LITERAL, "", unescaped(source.substring(at + 1, end)));
        move(end + 1);
    }

    private static String unescaped(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            int digits = escape == 'u' ? 4 : escape == 'x' ? 2 : 0;
            if (digits > 0 && i + digits < text.length()) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 1 + digits), 16));
                i += digits;
                continue;
            }
            switch (escape) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case '\\', '\'', '"' -> out.append(escape);
                case '\n' -> { }
                default -> out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private void number() {
        int end = at;
        while (end < source.length() && (Character.isDigit(source.charAt(end)) || source.charAt(end) == '_')) end++;
        boolean real = end + 1 < source.length() && source.charAt(end) == '.'
                && Character.isDigit(source.charAt(end + 1));
        if (real) for (end++; end < source.length() && Character.isDigit(source.charAt(end)); ) end++;
        String digits = source.substring(at, end).replace("_", "");
        add(Kind.LITERAL, "", real ? (Object) Double.valueOf(digits) : Long.valueOf(digits));
        move(end);
    }

    private void name() {
        int end = at;
        while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end))) end++;
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
        line += (int) source.substring(at, to).chars().filter(c -> c == '\n').count();
        at = to;
    }
}
