package dev.merapi.text.jinja;

/** What is wrong with a template or its values, before it is known in which line. */
final class Wrong extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private static final int LENGTH = 2000; // of a message: values may be long

    Wrong(String message) { super(message.length() > LENGTH ? message.substring(0, LENGTH) + "…" : message); }

    IllegalArgumentException in(int line) {
        return new IllegalArgumentException("Template, line " + line + ": " + getMessage(), this);
    }
}
