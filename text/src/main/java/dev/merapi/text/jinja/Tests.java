package dev.merapi.text.jinja;

import java.util.List;
import java.util.Map;

/** What {@code is} asks. */
final class Tests {
    private static final Table<Object> ALL = new Table<Object>("test")
            .add("boolean()", (v, _) -> v instanceof Boolean)
            .add("callable()", (v, _) -> v instanceof Callable || v instanceof Undefined)
            .add("defined()", (v, _) -> !(v instanceof Undefined))
            .add("divisibleby(num)", (v, a) -> Values.equal(Values.calculate("%", v, a.get("num")), 0L))
            .add("escaped()", (v, _) -> v instanceof Markup)
            .add("even()", (v, _) -> Values.equal(Values.calculate("%", v, 2L), 0L))
            .add("false()", (v, _) -> Boolean.FALSE.equals(v))
            .add("filter()", (v, _) -> v instanceof String name && Filters.ALL.has(name))
            .add("float()", (v, _) -> v instanceof Double)
            .add("in(seq)", (v, a) -> Values.contains(a.get("seq"), v))
            .add("integer()", (v, _) -> Numbers.isWhole(v))
            .add("iterable()", (v, _) -> isSequence(v) || v instanceof Lazy || v instanceof View)
            .add("lower()", (v, _) -> TextMethods.isLower(Values.text(v)))
            .add("mapping()", (v, _) -> v instanceof Map<?, ?>)
            .add("none()", (v, _) -> v == null)
            .add("number()", (v, _) -> Numbers.isNumber(v))
            .add("odd()", (v, _) -> Values.equal(Values.calculate("%", v, 2L), 1L))
            .add("sameas(other)", (v, a) -> isSame(v, a.get("other")))
            .add("sequence()", (v, _) -> isSequence(v))
            .add("string()", (v, _) -> v instanceof String || v instanceof Markup)
            .add("test()", (v, _) -> v instanceof String name && has(name))
            .add("true()", (v, _) -> Boolean.TRUE.equals(v))
            .add("undefined()", (v, _) -> v instanceof Undefined)
            .add("upper()", (v, _) -> TextMethods.isUpper(Values.text(v)));

    static {
        for (String name : List.of("==", "eq", "equalto")) {
            ALL.add(name + "(other)", (v, a) -> Values.equal(v, a.get("other")));
        }
        for (String name : List.of("!=", "ne")) ALL.add(name + "(other)", (v, a) -> !Values.equal(v, a.get("other")));
        order("<", "lt", "lessthan");
        order("<=", "le");
        order(">", "gt", "greaterthan");
        order(">=", "ge");
    }

    private Tests() {}

    private static void order(String operator, String... others) {
        ALL.add(operator + "(other)", (v, a) -> Values.holds(operator, v, a.get("other")));
        for (String name : others) ALL.add(name + "(other)", (v, a) -> Values.holds(operator, v, a.get("other")));
    }

    static boolean has(String name) { return ALL.has(name); }

    static boolean holds(String test, Object value, Arguments a) { return (boolean) ALL.apply(test, value, a); }

    private static boolean isSequence(Object value) {
        return value instanceof List<?> || value instanceof Map<?, ?> || value instanceof String
                || value instanceof Markup || value instanceof Undefined;
    }

    /** Small values of one kind are one in Python. */
    private static boolean isSame(Object a, Object b) {
        boolean small = a == null || b == null || a.getClass() != b.getClass() || a instanceof List<?>
                || a instanceof Map<?, ?>;
        return small ? a == b : a.equals(b);
    }
}
