package dev.merapi.text.jinja;

/**
 * A piece of a template.
 *
 * @param text of names and symbols, and the plain text outside tags
 * @param value of strings and numbers
 */
record Token(Kind kind, String text, Object value, int line) {
    enum Kind { TEXT, OUTPUT, TAG, CLOSE, NAME, LITERAL, SYMBOL, END }

    boolean is(String symbolOrName) {
        return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(symbolOrName);
    }

    /** No text or string that happens to read so. */
    boolean isOperator() { return kind == Kind.SYMBOL || kind == Kind.NAME; }

    @Override public String toString() {
        return switch (kind) {
            case END -> "the end of the template";
            case CLOSE -> "the end of the tag";
            case LITERAL -> switch (value) {
                case String s -> Repr.quoted(Texts.shortened(s));
                case Double n -> Numbers.text(n);
                default -> String.valueOf(value);
            };
            default -> text;
        };
    }
}
