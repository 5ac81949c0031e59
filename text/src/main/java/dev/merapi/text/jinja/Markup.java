package dev.merapi.text.jinja;

/** A text that is safe to be part of a web page, as it is or because it was escaped; what + joins to it is escaped. */
record Markup(String text) {
    static Markup escaped(Object value) {
        if (value instanceof Markup safe) return safe;
        String text = Values.text(value);
        var out = new Output();
        for (int i = 0; i < text.length(); i++) out.append(escaped(text.charAt(i)));
        return new Markup(out.toString());
    }

    private static String escaped(char c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> String.valueOf(c);
        };
    }
}
