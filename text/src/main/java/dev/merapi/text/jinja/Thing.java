package dev.merapi.text.jinja;

/** A value that has attributes, but is neither text, list nor dictionary: a namespace, a loop. */
interface Thing {
    /** An {@link Undefined} where there is none. */
    Object attribute(String name);
}
