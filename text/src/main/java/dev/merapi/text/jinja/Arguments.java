package dev.merapi.text.jinja;

import java.util.List;
import java.util.Map;

/**
 * What something is called with. After {@link Signature#bind} all that the signature names stands in {@code named}, and
 * {@code positional} holds the rest.
 */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    boolean has(String name) { return named.containsKey(name); }

    Object get(String name) { return named.get(name); }

    /** A value of its own where there is none. */
    Object get(String name, Object otherwise) { return has(name) ? get(name) : otherwise; }

    String text(String name) { return Values.text(get(name)); }

    /** Where nothing but a text will do. */
    String string(String name) { return Values.string(get(name)); }

    boolean flag(String name) { return Values.isTrue(get(name)); }

    /** Also where it is none. */
    long whole(String name, long otherwise) {
        return get(name) == null ? otherwise : Numbers.index(get(name));
    }

    /** Those after the first, which tells what the rest is for. */
    Arguments rest() { return new Arguments(positional.subList(1, positional.size()), named); }
}
