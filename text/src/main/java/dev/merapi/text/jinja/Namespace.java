package dev.merapi.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code set} can change from within a loop. */
record Namespace(Map<Object, Object> entries) implements Thing {
    Namespace() { this(new LinkedHashMap<>()); }

    @Override public Object attribute(String name) {
        return entries.containsKey(name) ? entries.get(name) : new Undefined(name);
    }

    @Override public boolean equals(Object other) { return this == other; } // it may hold itself

    @Override public int hashCode() { return System.identityHashCode(this); }
}
