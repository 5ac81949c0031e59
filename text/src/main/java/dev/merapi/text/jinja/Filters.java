package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What {@code |} does. */
final class Filters {
    private Filters() {}

    static Object apply(String filter, Object value, Arguments a) {
        return switch (filter) {
            case "trim" -> Methods.strip(Values.text(value), a, true, true);
            case "upper" -> Values.text(value).toUpperCase();
            case "lower" -> Values.text(value).toLowerCase();
            case "title" -> Methods.title(Values.text(value),
                    c -> Character.isWhitespace(c) || "-({[<".indexOf(c) >= 0);
            case "capitalize" -> Methods.capitalize(Values.text(value));
            case "replace" -> Methods.replace(Values.text(value), a.text(0), a.text(1),
                    Values.whole(a.get(2, "count", -1L)));
            case "indent" -> indent(Values.text(value), a);
            case "string", "safe" -> Values.text(value);
            case "int" -> whole(value, a.get(0, "default", 0L));
            case "float" -> real(value, a.get(0, "default", 0.0));
            case "abs" -> Values.compare(value, 0L) < 0 ? Values.calculate("*", -1L, value) : value;
            case "length", "count" -> Values.length(value);
            case "list" -> new ArrayList<>(Values.list(value));
            case "items" -> value instanceof Undefined ? List.of() : Methods.find(value, "items").call(Arguments.NONE);
            case "dictsort" -> items(value).stream().sorted(by(e -> e.getFirst())).toList();
            case "first" -> Values.list(value).isEmpty() ? new Undefined("the first element")
                    : Values.of(Values.list(value).getFirst());
            case "last" -> Values.list(value).isEmpty() ? new Undefined("the last element")
                    : Values.of(Values.list(value).getLast());
            case "reverse" -> value instanceof String ? Values.slice(value, null, null, -1L)
                    : Values.list(value).reversed();
            case "join" -> join(value, a);
            case "sort" -> sort(value, a);
            case "unique" -> Values.list(value).stream().distinct().collect(Collectors.toList());
            case "min" -> Values.list(value).stream().min(Values::compare).orElse(null);
            case "max" -> Values.list(value).stream().max(Values::compare).orElse(null);
            case "sum" -> Values.list(value).stream().map(Object.class::cast).reduce(0L, Values::add);
            case "map" -> map(value, a);
            case "select" -> kept(value, element -> test(element, a));
            case "reject" -> kept(value, element -> !test(element, a));
            case "selectattr" -> kept(value, element -> test(path(element, a.text(0)), a.from(1)));
            case "rejectattr" -> kept(value, element -> !test(path(element, a.text(0)), a.from(1)));
            case "default", "d" -> value instanceof Undefined
                    || Values.isTrue(a.get(1, "boolean", false)) && !Values.isTrue(value)
                    ? a.get(0, "default_value", "") : value;
            case "tojson" -> Json.write(value, indent(a));
            default -> throw new Wrong("there is no filter " + filter + ".");
        };
    }

    private static int indent(Arguments a) {
        Object given = a.get(0, "indent", null);
        return given == null ? 0 : (int) Values.whole(given);
    }

    /** Each line but the first, and none that is empty, moved to the right. */
    private static String indent(String text, Arguments a) {
        Object width = a.get(0, "width", 4L);
        String space = width instanceof String s ? s : " ".repeat((int) Values.whole(width));
        boolean first = Values.isTrue(a.get(1, "first", false));
        boolean blank = Values.isTrue(a.get(2, "blank", false));
        var lines = List.of(text.split("\n", -1));
        var out = new ArrayList<String>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            out.add((i == 0 ? first : blank || !line.isEmpty()) ? space + line : line);
        }
        return String.join("\n", out);
    }

    private static Object whole(Object value, Object otherwise) {
        try {
            return value instanceof String s ? (long) Double.parseDouble(s.strip()) : Values.whole(value);
        } catch (IllegalArgumentException e) { // a Wrong is one, too
            return otherwise;
        }
    }

    private static Object real(Object value, Object otherwise) {
        try {
            return value instanceof String s ? Double.parseDouble(s.strip()) : Values.number(value);
        } catch (IllegalArgumentException e) {
            return otherwise;
        }
    }

    private static List<List<?>> items(Object value) {
        return ((Map<?, ?>) value).entrySet().stream().<List<?>>map(e -> Arrays.asList(e.getKey(), e.getValue()))
                .toList();
    }

    private static String join(Object value, Arguments a) {
        Object attribute = a.get(1, "attribute", null);
        return Values.list(value).stream().map(e -> attribute == null ? e : path(e, Values.text(attribute)))
                .map(Values::text).collect(Collectors.joining(Values.text(a.get(0, "d", ""))));
    }

    private static List<?> sort(Object value, Arguments a) {
        Object attribute = a.get(2, "attribute", null);
        Function<Object, Object> key = e -> {
            Object k = attribute == null ? e : path(e, Values.text(attribute));
            return k instanceof String s && !Values.isTrue(a.get(1, "case_sensitive", false)) ? s.toLowerCase() : k;
        };
        var sorted = new ArrayList<Object>(Values.list(value));
        Comparator<Object> order = by(key);
        sorted.sort(Values.isTrue(a.get(0, "reverse", false)) ? Collections.reverseOrder(order) : order);
        return sorted;
    }

    private static <T> Comparator<T> by(Function<? super T, ?> key) {
        return (x, y) -> Values.compare(key.apply(x), key.apply(y));
    }

    private static List<Object> map(Object value, Arguments a) {
        Object attribute = a.get(a.positional().size(), "attribute", null);
        Object otherwise = a.get(a.positional().size(), "default", null);
        var mapped = new ArrayList<Object>();
        for (Object element : Values.list(value)) {
            if (attribute == null) {
                mapped.add(apply(a.text(0), Values.of(element), a.from(1)));
            } else {
                Object found = path(element, Values.text(attribute));
                mapped.add(found instanceof Undefined && otherwise != null ? otherwise : found);
            }
        }
        return mapped;
    }

    private static List<Object> kept(Object value, Predicate<Object> condition) {
        return Values.list(value).stream().map(Values::of).filter(condition).collect(Collectors.toList());
    }

    private static boolean test(Object value, Arguments a) {
        return a.has(0) ? Tests.holds(testName(a.text(0)), value, a.from(1)) : Values.isTrue(value);
    }

    private static String testName(String name) {
        return switch (name) {
            case "==" -> "eq";
            case "!=" -> "ne";
            case "<" -> "lt";
            case "<=" -> "le";
            case ">" -> "gt";
            case ">=" -> "ge";
            default -> name;
        };
    }

    /** {@code function.name}: attributes of attributes. */
    private static Object path(Object value, String path) {
        Object found = Values.of(value);
        for (String name : path.split("\\.")) {
            found = Values.item(found, name.chars().allMatch(Character::isDigit) ? (Object) Long.valueOf(name) : name);
        }
        return found;
    }
}
