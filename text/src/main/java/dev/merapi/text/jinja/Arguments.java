package dev.merapi.text.jinja;

import java.util.List;
import java.util.Map;

/** What a function, filter or test is called with. */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** By position or by name; a value of its own where there is neither. */
    Object get(int index, String name, Object otherwise) {
        if (index < positional.size()) return positional.get(index);
        return named.containsKey(name) ? named.get(name) : otherwise;
    }

    Object get(int index) {
        if (index < positional.size()) return positional.get(index);
        throw new Wrong("expected at least " + (index + 1) + " arguments. Received " + positional.size() + ".");
    }

    String text(int index) { return Values.text(get(index)); }

    boolean has(int index) { return index < positional.size(); }

    Arguments from(int index) {
        return new Arguments(positional.subList(Math.min(index, positional.size()), positional.size()), named);
    }

    /** A function that templates can call. */
    interface Callable {
        Object call(Arguments arguments);
    }
}
