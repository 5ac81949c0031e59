package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The keys, values or items of a dictionary: they can be gone through and counted, but have no numbers. */
record View(String name, List<Object> elements) {
    static View keys(Map<?, ?> map) { return of("dict_keys", map.keySet()); }

    static View values(Map<?, ?> map) { return of("dict_values", map.values()); }

    static View items(Map<?, ?> map) {
        return of("dict_items", map.entrySet().stream().map(e -> Tuple.of(e.getKey(), e.getValue())).toList());
    }

    private static View of(String name, Collection<?> elements) {
        Limits.list(elements.size());
        return new View(name, new ArrayList<>(elements));
    }
}
