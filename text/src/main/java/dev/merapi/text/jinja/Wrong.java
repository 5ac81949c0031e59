package dev.merapi.text.jinja;

/** What is wrong with a template or its values, before it is known in which line. */
final class Wrong extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Wrong(String message) { super(message); }

    IllegalArgumentException in(int line) {
        return new IllegalArgumentException("Template, line " + line + ": " + getMessage(), this);
    }
}
