package dev.merapi.text.jinja;

/** A function that templates can call. */
@FunctionalInterface
interface Callable {
    Object call(Arguments arguments);
}
