package dev.merapi.text.jinja;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** Python's tuple: a list in other brackets, which can be a key. */
final class Tuple extends AbstractList<Object> implements RandomAccess, Thing {
    private final List<Object> elements;
    private final List<String> names;

    Tuple(List<Object> elements) { this(elements, List.of()); }

    /** With names for its elements. */
    Tuple(List<Object> elements, List<String> names) {
        this.elements = elements;
        this.names = names;
    }

    static Tuple of(Object... elements) { return new Tuple(Arrays.asList(elements)); }

    @Override public Object get(int index) { return elements.get(index); }

    @Override public int size() { return elements.size(); }

    @Override public Object attribute(String name) {
        int at = names.indexOf(name);
        return at < 0 ? new Undefined(name) : get(at);
    }
}
