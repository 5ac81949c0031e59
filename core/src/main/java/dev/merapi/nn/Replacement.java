package dev.merapi.nn;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Puts other layers in the places of some: first asks and checks, then changes, so that all is done or nothing. */
final class Replacement {
    private final BiFunction<String, Layer, Layer> by;
    private final Map<Layer, Layer> asked = new IdentityHashMap<>(); // a layer in several places is asked for once
    private final List<Runnable> changes = new ArrayList<>();

    private Replacement(BiFunction<String, Layer, Layer> by) { this.by = by; }

    static void in(Layer model, BiFunction<String, Layer, Layer> by) {
        var replacement = new Replacement(by);
        replacement.visit("", model);
        replacement.changes.forEach(Runnable::run);
    }

    private void visit(String prefix, Layer around) {
        Fields.values(around).forEach((field, value) -> {
            boolean fixed = Modifier.isFinal(field.getModifiers());
            visit(Fields.join(prefix, Fields.name(around, field)), value, new Place(field, field.getGenericType(),
                    fixed ? null : now -> Fields.set(field, around, now)));
        });
    }

    private void visit(String path, Object value, Place place) {
        switch (value) {
            case Layer layer -> visit(path, layer, place);
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    visit(Fields.join(path, "" + i), list.get(i), place.element(list, i));
                }
            }
            case Map<?, ?> map -> List.copyOf(map.keySet()).forEach(key ->
                    visit(Fields.join(path, "" + key), map.get(key), place.entry(map, key)));
            case null, default -> { }
        }
    }

    private void visit(String path, Layer layer, Place place) {
        boolean first = !asked.containsKey(layer);
        if (first) asked.put(layer, answer(path, layer));
        Layer now = asked.get(layer);
        if (now == layer) {
            if (first) visit(path, layer);
            return;
        }
        place.check(path, now);
        if (first) changes.add(() -> now.train(layer.isTraining()));
        changes.add(() -> place.set.accept(now));
    }

    private Layer answer(String path, Layer layer) {
        Layer now = by.apply(path, layer);
        if (now != null) return now;
        throw new IllegalArgumentException("Layer.replace: expected a layer for " + path + ". Received null; return the"
                + " layer itself to leave it.");
    }

    /**
     * Where a layer stands.
     *
     * @param type of what may stand there
     * @param set null where it cannot be changed
     */
    private record Place(Field field, Type type, Consumer<Object> set) {
        @SuppressWarnings("unchecked")
        Place element(List<?> list, int i) {
            var objects = (List<Object>) list;
            return new Place(field, argument(0), changes(() -> objects.set(i, objects.get(i)))
                    ? now -> objects.set(i, now) : null);
        }

        @SuppressWarnings("unchecked")
        Place entry(Map<?, ?> map, Object key) {
            var objects = (Map<Object, Object>) map;
            return new Place(field, argument(1), changes(() -> objects.put(key, objects.get(key)))
                    ? now -> objects.put(key, now) : null);
        }

        private static boolean changes(Runnable nothing) {
            try {
                nothing.run();
                return true;
            } catch (UnsupportedOperationException e) {
                return false;
            }
        }

        private Type argument(int i) {
            return type instanceof ParameterizedType of && i < of.getActualTypeArguments().length
                    ? of.getActualTypeArguments()[i] : Object.class;
        }

        void check(String path, Layer now) {
            String where = Fields.where(field);
            Class<?> wanted = plain(type);
            if (!wanted.isInstance(now)) {
                throw new IllegalArgumentException(path + ": expected a " + wanted.getSimpleName() + ", the type of "
                        + where + ". Received a " + now.getClass().getSimpleName() + ".");
            }
            if (set != null) return;
            boolean collected = !Layer.class.isAssignableFrom(field.getType()) && field.getType() != Unary.class;
            throw new IllegalArgumentException(path + ": expected a place that can be changed. Received " + where
                    + (collected ? ", which cannot be modified; hold an ArrayList or a LinkedHashMap there."
                            : ", which is final; leave that out where it is declared."));
        }

        private static Class<?> plain(Type type) {
            return switch (type) {
                case Class<?> c -> c;
                case ParameterizedType of -> plain(of.getRawType());
                case WildcardType any -> plain(any.getUpperBounds()[0]);
                case TypeVariable<?> any -> plain(any.getBounds()[0]);
                default -> Object.class;
            };
        }
    }
}
