package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads a layer's state from its fields: each {@link Param}, {@link State}, {@link Layer}, in lists and maps
 * too.
 */
final class Fields {
    /** With the usual name of each. */
    private static final ClassValue<Map<Field, String>> OF_CLASS = new ClassValue<>() {
        @Override protected Map<Field, String> computeValue(Class<?> type) { return fieldsOf(type); }
    };

    private Fields() {}

    /** The direct parts of a layer by name: values are {@link Param}, {@link State} or {@link Layer}. */
    static Map<String, Object> parts(Layer layer) {
        var parts = new LinkedHashMap<String, Object>();
        values(layer).forEach((field, value) -> collect(name(layer, field), value, parts, field));
        return parts;
    }

    /** What the fields of a layer hold. */
    static Map<Field, Object> values(Layer layer) {
        var values = new LinkedHashMap<Field, Object>();
        for (Field field : OF_CLASS.get(layer.getClass()).keySet()) {
            try {
                values.put(field, field.get(layer));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("Could not read " + field, e);
            }
        }
        return values;
    }

    static void set(Field field, Layer layer, Object value) {
        try {
            field.set(layer, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("Could not write " + field, e);
        }
    }

    /** Short configuration by the fields' names: numbers, words, lists of numbers, options other than the usual. */
    static Map<String, Object> settings(Layer layer) {
        var settings = new LinkedHashMap<String, Object>();
        values(layer).forEach((field, value) -> {
            if (isShort(value)) settings.put(field.getName(), value);
            else if (value instanceof Record options) settings.putAll(changed(options));
        });
        return settings;
    }

    private static boolean isShort(Object value) {
        return switch (value) {
            case Number _, Boolean _, Enum<?> _, String _ -> true;
            case List<?> list -> !list.isEmpty() && list.stream().allMatch(Number.class::isInstance);
            case null, default -> false;
        };
    }

    /** What differs from the record's DEFAULT; nothing where it has none. */
    private static Map<String, Object> changed(Record options) {
        var changed = new LinkedHashMap<String, Object>();
        try {
            for (Field constant : options.getClass().getFields()) {
                if (!constant.getName().equals("DEFAULT")) continue;
                Object usual = constant.get(null);
                for (var component : options.getClass().getRecordComponents()) {
                    Object value = component.getAccessor().invoke(options);
                    if (!Objects.equals(value, component.getAccessor().invoke(usual))) {
                        changed.put(component.getName(), value);
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Could not read " + options, e);
        }
        return changed;
    }

    private static void collect(String name, Object value, Map<String, Object> parts, Field field) {
        switch (value) {
            case Param _, State _, Layer _ -> {
                if (parts.putIfAbsent(name, value) != null) {
                    throw new IllegalStateException(where(field) + ": a second part is called " + name
                            + ". Rename the field, or give it another @Name.");
                }
            }
            case Tensor _ -> throw new IllegalStateException(where(field) + ": a bare Tensor is neither trained nor"
                    + " saved. Make it a Param or a State, or mark it transient if it is not state.");
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) collect(join(name, "" + i), list.get(i), parts, field);
            }
            case Map<?, ?> map -> map.forEach((key, part) -> collect(join(name, "" + key), part, parts, field));
            case null, default -> { } // configuration
        }
    }

    private static Map<Field, String> fieldsOf(Class<?> type) {
        var fields = new LinkedHashMap<Field, String>();
        for (Class<?> c = type; c != Layer.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (field.isSynthetic() || Modifier.isStatic(field.getModifiers())
                        || Modifier.isTransient(field.getModifiers())) continue;
                field.setAccessible(true);
                fields.put(field, usualName(field));
            }
        }
        return fields;
    }

    static String name(Layer layer, Field field) {
        String own = layer.nameOf(field.getName());
        return own != null ? own : OF_CLASS.get(layer.getClass()).get(field);
    }

    private static String usualName(Field field) {
        var given = field.getAnnotation(Name.class);
        return given != null ? given.value() : field.getName().replaceAll("([A-Z])", "_$1").toLowerCase();
    }

    static String join(String prefix, String name) {
        return prefix.isEmpty() ? name : name.isEmpty() ? prefix : prefix + "." + name;
    }

    static String where(Field field) {
        return field.getDeclaringClass().getSimpleName() + "." + field.getName();
    }
}
