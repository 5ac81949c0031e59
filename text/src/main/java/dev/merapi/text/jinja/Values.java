package dev.merapi.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Python's values and what is done with them: null is None; Boolean, Long, BigInteger, Double, String, List and Map are
 * themselves, {@link Tuple}, {@link Range}, {@link View} and {@link Lazy} are what their names say.
 */
final class Values {
    private Values() {}

    /** Values of Java become those that are used here. */
    static Object of(Object value) {
        return switch (value) {
            case null -> null;
            case Boolean _, String _, Long _, Double _ -> value;
            case Integer n -> n.longValue();
            case Short n -> n.longValue();
            case Byte n -> n.longValue();
            case Float n -> n.doubleValue();
            case BigInteger n -> Numbers.of(n);
            case BigDecimal n -> n.doubleValue();
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<Object, Object>();
                map.forEach((key, element) -> copy.put(of(key), of(element)));
                yield copy;
            }
            case Collection<?> list -> {
                var copy = new ArrayList<Object>();
                list.forEach(element -> copy.add(of(element)));
                yield copy;
            }
            default -> throw new IllegalArgumentException("Template: expected null, booleans, numbers, strings, lists"
                    + " and maps. Received a " + value.getClass().getName() + ": " + value);
        };
    }

    static boolean isTrue(Object value) {
        return switch (value) {
            case null -> false;
            case Undefined _ -> false;
            case Boolean b -> b;
            case Long n -> n != 0;
            case Double n -> n != 0;
            case String s -> !s.isEmpty();
            case Markup markup -> !markup.text().isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case View view -> !view.elements().isEmpty();
            default -> true;
        };
    }

    /** As Python's str. */
    static String text(Object value) {
        return switch (value) {
            case String s -> s;
            case Markup markup -> markup.text();
            case Undefined _ -> "";
            case null, default -> repr(value);
        };
    }

    /** Where nothing but a text will do. */
    static String string(Object value) {
        return switch (value) {
            case String s -> s;
            case Markup markup -> markup.text();
            case Undefined u -> throw u.used();
            case null, default -> throw new Wrong("expected a text. Received " + repr(value) + ".");
        };
    }

    static String repr(Object value) { return Repr.of(value); }

    static List<Object> list(Object value) {
        var list = elements(value);
        if (!(value instanceof Range)) Limits.list(list.size());
        return list;
    }

    @SuppressWarnings("unchecked") // all that is read is an Object
    private static List<Object> elements(Object value) {
        return switch (value) {
            case List<?> list -> (List<Object>) list;
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String s -> {
                Limits.list(s.length());
                yield new ArrayList<>(s.codePoints().mapToObj(Character::toString).toList());
            }
            case Markup markup -> elements(markup.text());
            case View view -> view.elements();
            case Lazy lazy -> {
                var all = new ArrayList<Object>();
                lazy.elements().forEachRemaining(all::add);
                yield all;
            }
            case Undefined _ -> List.of();
            case null, default -> throw new Wrong("expected something to go through. Received " + repr(value) + ".");
        };
    }

    static long length(Object value) {
        return switch (value) {
            case String s -> s.codePointCount(0, s.length());
            case Lazy _ -> throw new Wrong("expected something with a length. Received what a filter gave: add"
                    + " | list.");
            case Map<?, ?> map -> map.size();
            case null, default -> elements(value).size();
        };
    }

    static boolean equal(Object a, Object b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return !isNan(a) && !isNan(b) && Numbers.compare(a, b) == 0;
        }
        if (a instanceof String x && b instanceof String y) {
            if (x.length() == y.length()) Limits.spend(1 + x.length() / 16);
            return x.equals(y);
        }
        if (a instanceof Markup || b instanceof Markup) return Objects.equals(unmarked(a), unmarked(b));
        if (a instanceof Undefined || b instanceof Undefined) return a instanceof Undefined && b instanceof Undefined;
        if (a instanceof List<?> x && b instanceof List<?> y) return kind(x) == kind(y) && equal(x, y);
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) return equal(x, y);
        return a == b;
    }

    private static boolean isNan(Object value) { return value instanceof Double n && Double.isNaN(n); }

    private static Object unmarked(Object value) { return value instanceof Markup markup ? markup.text() : value; }

    private static Class<?> kind(List<?> list) {
        return list instanceof Tuple || list instanceof Range ? list.getClass() : List.class;
    }

    private static boolean equal(List<?> a, List<?> b) {
        if (a.size() != b.size()) return false;
        Limits.spend(a.size());
        for (int i = 0; i < a.size(); i++) if (!equal(a.get(i), b.get(i))) return false;
        return true;
    }

    private static boolean equal(Map<?, ?> a, Map<?, ?> b) {
        if (a.size() != b.size()) return false;
        for (var entry : a.entrySet()) {
            var other = Keys.entry(b, entry.getKey());
            if (other == null || !equal(entry.getValue(), other.getValue())) return false;
        }
        return true;
    }

    /** {@code <}, {@code <=}, {@code >} or {@code >=}. */
    static boolean holds(String operator, Object a, Object b) {
        int order = compare(a, b);
        if (isNan(a) || isNan(b)) return false;
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new AssertionError(operator);
        };
    }

    static int compare(Object a, Object b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) return Numbers.compare(a, b);
        if (a instanceof String x && b instanceof String y) return Texts.compare(x, y);
        if (a instanceof List<?> x && b instanceof List<?> y && kind(x) == kind(y) && kind(x) != Range.class) {
            for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
                if (!equal(x.get(i), y.get(i))) return compare(x.get(i), y.get(i));
            }
            return Integer.compare(x.size(), y.size());
        }
        throw new Wrong("expected two numbers, two texts or two lists to compare. Received " + repr(a) + " and "
                + repr(b) + ".");
    }

    static boolean contains(Object container, Object value) {
        if (container instanceof String text) {
            if (unmarked(value) instanceof String part) return Texts.find(text, part, 0) >= 0;
            throw new Wrong("expected a text to look for in a text. Received " + repr(value) + ".");
        }
        if (container instanceof Map<?, ?> map) return Keys.entry(map, value) != null;
        for (Object element : elements(container)) {
            Limits.spend(1);
            if (equal(element, value)) return true;
        }
        return false;
    }

    static Object calculate(String operator, Object a, Object b) {
        if (a instanceof Undefined u) throw u.used();
        if (b instanceof Undefined u) throw u.used();
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) return Numbers.calculate(operator, a, b);
        switch (operator) {
            case "+" -> {
                if (a instanceof String x && b instanceof String y) {
                    return new Output().append(x).append(y).toString();
                }
                if (a instanceof Markup && isText(b) || isText(a) && b instanceof Markup) {
                    return new Markup(Texts.join(List.of(Markup.escaped(a), Markup.escaped(b)), ""));
                }
                if (isList(a) && isList(b) && kind((List<?>) a) == kind((List<?>) b)) {
                    return joined((List<?>) a, (List<?>) b);
                }
            }
            case "*" -> {
                if (isWhole(b)) return repeated(a, Numbers.index(b));
                if (isWhole(a)) return repeated(b, Numbers.index(a));
            }
            case "%" -> {
                if (a instanceof String format) return PercentFormat.of(format, b);
            }
            default -> { }
        }
        throw new Wrong("expected two values that " + operator + " can join. Received " + repr(a) + " and " + repr(b)
                + ".");
    }

    private static boolean isText(Object value) { return value instanceof String || value instanceof Markup; }

    private static boolean isList(Object value) { return value instanceof List<?> && !(value instanceof Range); }

    private static boolean isWhole(Object value) { return Numbers.isWhole(value) || value instanceof Boolean; }

    private static Object joined(List<?> a, List<?> b) {
        Limits.list((long) a.size() + b.size());
        var all = new ArrayList<Object>(a);
        all.addAll(b);
        return a instanceof Tuple ? new Tuple(all) : all;
    }

    private static Object repeated(Object value, long times) {
        if (value instanceof String s) return new Output().repeat(s, times).toString();
        if (!isList(value)) {
            throw new Wrong("expected two values that * can join. Received " + repr(value) + " and " + times + ".");
        }
        var list = (List<?>) value;
        long count = list.isEmpty() ? 0 : Math.clamp(times, 0, Limits.TEXT);
        Limits.list(count * list.size());
        var all = new ArrayList<Object>();
        for (long i = 0; i < count; i++) all.addAll(list);
        return value instanceof Tuple ? new Tuple(all) : all;
    }

    /** {@code value.name}: an attribute before an entry. */
    static Object attribute(Object value, String name) {
        if (value instanceof Undefined u) throw u.used();
        Object found = Methods.find(value, name);
        if (!(found instanceof Undefined) || Methods.isUnsafe(value, name)) return found;
        return value instanceof Map<?, ?> map ? entry(map, name) : found;
    }

    /** {@code value[key]}: an entry before an attribute. */
    static Object item(Object value, Object key) {
        if (value instanceof Undefined u) throw u.used();
        if (value instanceof Map<?, ?> map && Keys.canBe(key) && Keys.entry(map, key) != null) return entry(map, key);
        if (isWhole(key) && (value instanceof List<?> || value instanceof String)) {
            long size = length(value);
            long index = Numbers.index(key);
            long at = index < 0 ? index + size : index;
            return at < 0 || at >= size ? new Undefined("element " + index) : element(value, (int) at);
        }
        return text(key).isEmpty() || !(key instanceof String name) ? new Undefined(text(key))
                : Methods.find(value, name);
    }

    private static Object element(Object value, int at) {
        if (value instanceof List<?> list) return list.get(at);
        String text = (String) value;
        int from = Texts.offset(text, at);
        return text.substring(from, text.offsetByCodePoints(from, 1));
    }

    private static Object entry(Map<?, ?> map, Object key) {
        var entry = Keys.entry(map, key);
        return entry == null ? new Undefined(text(key)) : entry.getValue();
    }

    /** {@code value[from:to:step]}, each of which may be null. */
    static Object slice(Object value, Object from, Object to, Object step) {
        if (!(value instanceof String) && !(value instanceof List<?>)) {
            if (value instanceof Undefined u) throw u.used();
            return new Undefined("a part of " + repr(value)); // as in Jinja2
        }
        long size = length(value);
        long by = step == null ? 1 : Numbers.index(step);
        if (by == 0) throw new Wrong("expected a step other than 0.");
        long begin = bound(from, by > 0 ? 0 : size - 1, size, by);
        long end = to == null ? (by > 0 ? size : -1) : bound(to, 0, size, by);
        if (value instanceof String text && by == 1) {
            return end <= begin ? "" : text.substring(Texts.offset(text, begin), Texts.offset(text, end));
        }
        if (value instanceof Range range) return range.slice(begin, end, by);
        var list = list(value);
        var part = new ArrayList<Object>();
        for (long i = begin; by > 0 ? i < end : i > end; ) {
            part.add(list.get((int) i));
            if (Math.abs((double) i + by) > Integer.MAX_VALUE) break;
            i += by;
        }
        if (value instanceof String) return String.join("", part.stream().map(Values::text).toList());
        return value instanceof Tuple ? new Tuple(part) : part;
    }

    private static long bound(Object given, long otherwise, long size, long step) {
        if (given == null) return otherwise;
        long at = Numbers.index(given);
        if (at < 0) at += size;
        return Math.clamp(at, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    }
}
