package dev.merapi.text.jinja;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a filter such as {@code map} gives: it can be gone through once, has neither length nor elements, and is true,
 * also where nothing is left of it; as Python's generators.
 */
record Lazy(Iterator<?> elements) {
    static Lazy of(Stream<?> elements) { return new Lazy(elements.iterator()); }

    static Lazy mapped(Object values, Function<Object, ?> function) {
        return of(Values.list(values).stream().map(function));
    }
}
