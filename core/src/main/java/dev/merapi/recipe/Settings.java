package dev.merapi.recipe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Settings of records, such as a {@link Recipe}'s: {@code learningRate} is {@code learning_rate} to users.
 *
 * <pre>{@code
 * record Config(int epochs, double learningRate) {}
 * var given = Settings.override(Map.of(), "epochs=5", "learning_rate=1e-3");
 * var config = Settings.bind(new Config(3, 0.1), given, "mine");
 * }</pre>
 *
 * A value is converted to the type of its component, and so no text becomes a number or a truth value on the way. Given
 * as text, as {@code key=value} and YAML have all, {@code 1_000} is an integer, {@code yes}, {@code on} and
 * {@code true} are true, and {@code [a, "b, c"]} is a list of two. Components are integers, numbers, truth values,
 * strings, enums, lists of those, and records.
 */
public final class Settings {
    /**
     * A setting as a user sees it.
     *
     * @param key with dots where records lie in records
     * @param value the default
     * @param kind what values it takes, such as {@code an integer}
     * @param description from {@link Describe}; empty without one
     */
    public record Setting(String key, Object value, String kind, String description) {}

    private final String where;
    private final Record defaults;
    private final String[] others;

    private Settings(String where, Record defaults, String... others) {
        this.where = where;
        this.defaults = defaults;
        this.others = others;
    }

    /** Settings by key: texts, numbers, truth values, lists and maps, as JSON and YAML have them. */
    public static Map<String, Object> map(Record settings) {
        var map = new LinkedHashMap<String, Object>();
        for (var component : settings.getClass().getRecordComponents()) {
            map.put(key(component), plain(get(component, settings)));
        }
        return map;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Record inner -> map(inner);
            case List<?> list -> list.stream().map(Settings::plain).toList();
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
            case null, default -> value;
        };
    }

    /** The settings of a record, each with its value. */
    public static List<Setting> list(Record settings) { return list(settings, ""); }

    private static List<Setting> list(Record settings, String prefix) {
        var list = new ArrayList<Setting>();
        for (var component : settings.getClass().getRecordComponents()) {
            String key = prefix + key(component);
            Object value = get(component, settings);
            if (value instanceof Record inner) {
                list.addAll(list(inner, key + "."));
            } else {
                var described = component.getAnnotation(Describe.class);
                list.add(new Setting(key, plain(value), Values.kind(component.getGenericType()),
                        described == null ? "" : described.value()));
            }
        }
        return list;
    }

    /**
     * Settings with others laid over them.
     *
     * @param settings {@code key=value}; a dotted key reaches into an inner record, all after the first {@code =} is
     *     the value
     * @throws IllegalArgumentException for one without {@code =}
     */
    public static Map<String, Object> override(Map<String, ?> given, String... settings) {
        var all = new LinkedHashMap<String, Object>();
        given.forEach((key, value) -> put(all, key, value));
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("Expected key=value, such as epochs=5. Received " + setting);
            }
            put(all, setting.substring(0, equals), setting.substring(equals + 1));
        }
        return all;
    }

    private static void put(Map<String, Object> map, String key, Object value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            map.put(key, value);
            return;
        }
        var inner = new LinkedHashMap<String, Object>();
        if (map.get(key.substring(0, dot)) instanceof Map<?, ?> old) {
            old.forEach((name, any) -> inner.put(name.toString(), any));
        }
        put(inner, key.substring(dot + 1), value);
        map.put(key.substring(0, dot), inner);
    }

    /**
     * Makes a record of settings: what {@code given} leaves out comes from {@code defaults}. Ranges are checked by the
     * record's own constructor.
     *
     * @param where names the settings in messages, such as their file
     * @param others keys that were read before, for the list of those that are known
     * @throws IllegalArgumentException for an unknown key, with the nearest known one, and for a value of a wrong type
     *     or range
     */
    @SuppressWarnings("unchecked") // a record's class is final: R itself
    public static <R extends Record> R bind(R defaults, Map<String, ?> given, String where, String... others) {
        return (R) new Settings(where, defaults, others).record(defaults.getClass(), defaults, given, "");
    }

    private Record record(Class<?> type, Record usual, Map<?, ?> given, String prefix) {
        var components = type.getRecordComponents();
        var left = new LinkedHashMap<Object, Object>(given);
        var values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            String key = key(components[i]);
            Object before = usual == null ? null : get(components[i], usual);
            if (left.containsKey(key)) {
                values[i] = value(components[i], before, left.remove(key), prefix + key);
            } else if (usual == null) {
                throw wrong(prefix + key, "expected " + Values.kind(components[i].getGenericType())
                        + ". Received none");
            } else {
                values[i] = before;
            }
        }
        if (!left.isEmpty()) throw unknown(prefix + first(left));
        return construct(type, values);
    }

    private Object value(RecordComponent component, Object usual, Object given, String path) {
        if (component.getType().isRecord() && given instanceof Map<?, ?> inner) {
            return record(component.getType(), (Record) usual, inner, path + ".");
        }
        if (given == null && usual == null) return null;
        try {
            return Values.of(component.getGenericType(), given);
        } catch (Values.Wrong e) {
            throw wrong(path, e.getMessage());
        }
    }

    private Record construct(Class<?> type, Object[] values) {
        var components = type.getRecordComponents();
        var types = new Class<?>[components.length];
        for (int i = 0; i < types.length; i++) types[i] = components[i].getType();
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (Record) constructor.newInstance(values);
        } catch (InvocationTargetException e) { // the record refused: its message names the setting
            throw new IllegalArgumentException(where + ": " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type.toString(), e); // every record has it
        }
    }

    private IllegalArgumentException wrong(String path, String message) {
        return new IllegalArgumentException(where + ": " + path + ": " + message);
    }

    private IllegalArgumentException unknown(String key) {
        var known = new ArrayList<>(List.of(others));
        list(defaults).forEach(setting -> known.add(setting.key()));
        known.sort(null);
        return new IllegalArgumentException(where + ": unknown key " + key + "." + NearestKey.hint(key, known)
                + " Known are " + String.join(", ", known) + ".");
    }

    /** The first key, with those within it. */
    private static String first(Map<?, ?> map) {
        var entry = map.entrySet().iterator().next();
        return entry.getKey() + (entry.getValue() instanceof Map<?, ?> inner && !inner.isEmpty() ? "." + first(inner)
                : "");
    }

    private static Object get(RecordComponent component, Record settings) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(component.toString(), e); // an accessor fails for nothing
        }
    }

    static String key(RecordComponent component) {
        return component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT);
    }
}
