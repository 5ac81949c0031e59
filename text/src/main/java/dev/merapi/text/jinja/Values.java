package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Python's values and what its operators do with them: null is None; Boolean, Long, Double, String, List and Map are
 * themselves.
 */
final class Values {
    private Values() {}

    /** Other numbers of Java become those that are used here. */
    static Object of(Object value) {
        return switch (value) {
            case Integer n -> n.longValue();
            case Short n -> n.longValue();
            case Byte n -> n.longValue();
            case Float n -> n.doubleValue();
            case null, default -> value;
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
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** As Python's str. */
    static String text(Object value) {
        if (value instanceof String s) return s;
        return value instanceof Undefined ? "" : shown(value);
    }

    /** As Python's repr. */
    private static String shown(Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean b -> b ? "True" : "False";
            case String s -> {
                char quote = s.contains("'") && !s.contains("\"") ? '"' : '\'';
                yield quote + s.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
                        .replace(quote == '\'' ? "'" : "\0", quote == '\'' ? "\\'" : "\0") + quote;
            }
            case List<?> list -> list.stream().map(Values::shown).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map -> map.entrySet().stream().map(e -> shown(e.getKey()) + ": " + shown(e.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
            default -> String.valueOf(value);
        };
    }

    static List<?> list(Object value) {
        return switch (value) {
            case List<?> list -> list;
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String s -> s.codePoints().mapToObj(Character::toString).toList();
            case Undefined _ -> List.of();
            case null, default -> throw new Wrong("expected something to go through. Received " + shown(value) + ".");
        };
    }

    static long length(Object value) { return list(value).size(); }

    static boolean equal(Object a, Object b) {
        if (a instanceof Undefined || b instanceof Undefined) return a instanceof Undefined && b instanceof Undefined;
        if (isNumber(a) && isNumber(b)) return number(a) == number(b);
        if (a instanceof List<?> x && b instanceof List<?> y) {
            if (x.size() != y.size()) return false;
            for (int i = 0; i < x.size(); i++) if (!equal(x.get(i), y.get(i))) return false;
            return true;
        }
        return Objects.equals(a, b);
    }

    static int compare(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) return Double.compare(number(a), number(b));
        if (a instanceof String x && b instanceof String y) return x.compareTo(y);
        throw new Wrong("expected two numbers or two texts to compare. Received " + shown(a) + " and " + shown(b)
                + ".");
    }

    static boolean contains(Object container, Object value) {
        if (container instanceof String text) {
            if (value instanceof String part) return text.contains(part);
            throw new Wrong("expected a text to look for in a text. Received " + shown(value) + ".");
        }
        return list(container).stream().anyMatch(element -> equal(element, value));
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static double number(Object value) {
        return switch (value) {
            case Long n -> n;
            case Double n -> n;
            case Boolean b -> b ? 1 : 0;
            case Undefined u -> throw u.used();
            case null, default -> throw new Wrong("expected a number. Received " + shown(value) + ".");
        };
    }

    static long whole(Object value) { return (long) number(value); }

    static Object add(Object a, Object b) {
        if (a instanceof String x && b instanceof String y) return x + y;
        if (a instanceof List<?> x && b instanceof List<?> y) {
            var all = new ArrayList<Object>(x);
            all.addAll(y);
            return all;
        }
        return calculate("+", a, b);
    }

    static Object calculate(String operator, Object a, Object b) {
        if (a instanceof Undefined u) throw u.used();
        if (b instanceof Undefined u) throw u.used();
        if (operator.equals("*") && a instanceof String s && b instanceof Long n) return s.repeat((int) Math.max(n, 0));
        if (!isNumber(a) || !isNumber(b)) {
            throw new Wrong("expected two values that " + operator + " can join. Received " + shown(a) + " and "
                    + shown(b) + ".");
        }
        if (a instanceof Double || b instanceof Double || operator.equals("/")) {
            return real(operator, number(a), number(b));
        }
        long x = whole(a);
        long y = whole(b);
        if (y == 0 && (operator.equals("//") || operator.equals("%"))) throw new Wrong("a division by zero.");
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "//" -> Math.floorDiv(x, y);
            case "%" -> Math.floorMod(x, y);
            case "**" -> (long) Math.pow(x, y);
            default -> throw new AssertionError(operator);
        };
    }

    private static Object real(String operator, double x, double y) {
        if (y == 0 && "//%".contains(operator)) throw new Wrong("a division by zero.");
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> x / y;
            case "//" -> Math.floor(x / y);
            case "%" -> x - y * Math.floor(x / y);
            case "**" -> Math.pow(x, y);
            default -> throw new AssertionError(operator);
        };
    }

    /** {@code value.name}: a method before an entry. */
    static Object attribute(Object value, String name) {
        if (value instanceof Undefined u) throw u.used();
        var method = Methods.find(value, name);
        if (method != null) return method;
        return value instanceof Map<?, ?> map && map.containsKey(name) ? of(map.get(name)) : new Undefined(name);
    }

    /** {@code value[key]}: an entry before a method. */
    static Object item(Object value, Object key) {
        if (value instanceof Undefined u) throw u.used();
        if (value instanceof Map<?, ?> map && map.containsKey(key)) return of(map.get(key));
        if (key instanceof Long index && (value instanceof List<?> || value instanceof String)) {
            var list = list(value);
            long at = index < 0 ? index + list.size() : index;
            return at >= 0 && at < list.size() ? of(list.get((int) at)) : new Undefined("element " + index);
        }
        var method = key instanceof String name ? Methods.find(value, name) : null;
        return method != null ? method : new Undefined(text(key));
    }

    /** {@code value[from:to:step]}, each of which may be null. */
    static Object slice(Object value, Object from, Object to, Object step) {
        var list = list(value);
        int size = list.size();
        int by = step == null ? 1 : (int) whole(step);
        if (by == 0) throw new Wrong("expected a step other than 0.");
        int begin = bound(from, by > 0 ? 0 : size - 1, size, by);
        int end = to == null ? (by > 0 ? size : -1) : bound(to, 0, size, by);
        var part = new ArrayList<Object>();
        for (int i = begin; by > 0 ? i < end : i > end; i += by) part.add(list.get(i));
        if (!(value instanceof String)) return part;
        return part.stream().map(String::valueOf).collect(Collectors.joining());
    }

    private static int bound(Object given, int otherwise, int size, int step) {
        if (given == null) return otherwise;
        long at = whole(given);
        if (at < 0) at += size;
        return Math.clamp(at, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    }
}
