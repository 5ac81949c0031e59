package dev.merapi.text.jinja;

/** The escapes of Python's strings. */
final class Escapes {
    private Escapes() {}

    static String read(String text, int line) {
        if (text.indexOf('\\') < 0) return text;
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = text.charAt(++i); // there is one: a string does not end behind a backslash
            int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
            if (digits > 0) {
                out.append(code(text, i + 1, digits, line));
                i += digits;
            } else if (escape >= '0' && escape <= '7') {
                int end = i;
                while (end < text.length() && end < i + 3 && text.charAt(end) >= '0' && text.charAt(end) <= '7') end++;
                out.appendCodePoint(Integer.parseInt(text.substring(i, end), 8));
                i = end - 1;
            } else {
                out.append(simple(escape, line));
            }
        }
        return out.toString();
    }

    private static String code(String text, int from, int digits, int line) {
        int end = Math.min(from + digits, text.length());
        String hex = text.substring(from, end);
        boolean valid = hex.length() == digits && hex.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
        long code = valid ? Long.parseLong(hex, 16) : -1;
        if (code >= 0 && code <= Character.MAX_CODE_POINT) return Character.toString((int) code);
        throw new Wrong("a string: expected " + digits + " hexadecimal digits of a character after \\"
                + text.charAt(from - 1) + ". Received " + hex + ".").in(line);
    }

    private static String simple(char escape, int line) {
        return switch (escape) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'v' -> "\u000B";
            case '\\', '\'', '"' -> String.valueOf(escape);
            case '\n' -> "";
            case 'N' -> throw new Wrong("a string: expected a character or its number. Received its name, \\N.")
                    .in(line);
            default -> "\\" + escape;
        };
    }
}
