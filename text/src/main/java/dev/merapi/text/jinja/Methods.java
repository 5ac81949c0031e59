package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The attributes of values: the methods of Python's texts, lists and dictionaries that change nothing. */
final class Methods {
    /** They would change what they belong to; in Jinja2's sandbox, too, there are none of these. */
    private static final Set<String> CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private static final Table<List<?>> OF_LISTS = new Table<List<?>>("method")
            .add("count(value)", (list, a) -> list.stream().filter(e -> Values.equal(e, a.get("value"))).count())
            .add("index(value, start?, stop?)", Methods::index)
            .add("copy()", (list, _) -> new ArrayList<Object>(list));

    private static final Table<Map<?, ?>> OF_MAPS = new Table<Map<?, ?>>("method")
            .add("get(key, default?)", (map, a) -> {
                var entry = Keys.entry(map, a.get("key"));
                return entry == null ? a.get("default") : entry.getValue();
            })
            .add("items()", (map, _) -> View.items(map))
            .add("keys()", (map, _) -> View.keys(map))
            .add("values()", (map, _) -> View.values(map))
            .add("copy()", (map, _) -> new LinkedHashMap<>(map))
            .refuse("it makes another dictionary", "fromkeys");

    private Methods() {}

    private static Object index(List<?> list, Arguments a) {
        long from = TextMethods.bound(a.whole("start", 0), list.size());
        long to = TextMethods.bound(a.whole("stop", list.size()), list.size());
        for (long i = from; i < to; i++) if (Values.equal(list.get((int) i), a.get("value"))) return i;
        throw new Wrong("expected " + Values.repr(a.get("value")) + " in the list. It is not there.");
    }

    /** Whether a dictionary has a method of that name which no template may call. */
    static boolean isUnsafe(Object value, String name) { return value instanceof Map<?, ?> && CHANGES.contains(name); }

    /** An attribute of a value; {@link Undefined} where there is none. */
    static Object find(Object value, String name) {
        if (value instanceof Thing thing) {
            Object attribute = thing.attribute(name);
            if (!(attribute instanceof Undefined)) return attribute;
        }
        return switch (value) {
            case String text -> method(TextMethods.ALL, text, name);
            case Markup markup -> method(TextMethods.ALL, markup.text(), name);
            case Map<?, ?> map -> method(OF_MAPS, map, name);
            case Tuple tuple when name.equals("copy") -> new Undefined(name);
            case List<?> list -> method(OF_LISTS, list, name);
            case null, default -> new Undefined(name);
        };
    }

    private static <T> Object method(Table<T> table, T value, String name) {
        return table.knows(name) ? (Callable) a -> table.apply(name, value, a) : new Undefined(name);
    }
}
