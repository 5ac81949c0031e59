package dev.merapi.text.jinja;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys of dictionaries, among which 1, 1.0 and true are the same, as in Python. */
final class Keys {
    private Keys() {}

    /** What stands for a key in Java's collections. */
    static Object of(Object value) {
        return switch (value) {
            case null -> Optional.empty();
            case Boolean b -> b ? 1L : 0L;
            case Double n when n == Math.rint(n) && Math.abs(n) < 1e18 -> n.longValue();
            case Tuple tuple -> tuple.stream().map(Keys::of).toList();
            case Markup markup -> markup.text();
            case List<?> _, Map<?, ?> _ -> throw new Wrong("expected a text, a number or a tuple as a key. Received "
                    + Values.repr(value) + ".");
            default -> value;
        };
    }

    /** Lists and dictionaries cannot. */
    static boolean canBe(Object value) {
        return value instanceof Tuple tuple ? tuple.stream().allMatch(Keys::canBe)
                : !(value instanceof List<?>) && !(value instanceof Map<?, ?>);
    }

    /** Null where there is none. */
    static Map.Entry<?, ?> entry(Map<?, ?> map, Object key) {
        Limits.spend(8);
        if (key instanceof String) return map.containsKey(key) ? new SimpleImmutableEntry<>(key, map.get(key)) : null;
        Object wanted = of(key);
        Limits.spend(map.size());
        for (var entry : map.entrySet()) if (of(entry.getKey()).equals(wanted)) return entry;
        return null;
    }

    /** As in Python, the first of equal keys stays, with the last one's value. */
    static void put(Map<Object, Object> map, Object key, Object value) {
        var there = entry(map, key);
        map.put(there == null ? key : there.getKey(), value);
    }
}
