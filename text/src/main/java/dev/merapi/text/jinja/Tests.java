package dev.merapi.text.jinja;

import dev.merapi.text.jinja.Arguments.Callable;
import java.util.List;
import java.util.Map;

/** What {@code is} asks. */
final class Tests {
    private Tests() {}

    static boolean holds(String test, Object value, Arguments a) {
        return switch (test) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "boolean" -> value instanceof Boolean;
            case "string" -> value instanceof String;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "mapping" -> value instanceof Map<?, ?>;
            case "iterable", "sequence" -> value instanceof List<?> || value instanceof Map<?, ?>
                    || value instanceof String || value instanceof Undefined;
            case "callable" -> value instanceof Callable;
            case "odd" -> Values.whole(value) % 2 != 0;
            case "even" -> Values.whole(value) % 2 == 0;
            case "divisibleby" -> Values.whole(value) % Values.whole(a.get(0)) == 0;
            case "equalto", "eq", "sameas" -> Values.equal(value, a.get(0));
            case "ne" -> !Values.equal(value, a.get(0));
            case "lt", "lessthan" -> Values.compare(value, a.get(0)) < 0;
            case "le" -> Values.compare(value, a.get(0)) <= 0;
            case "gt", "greaterthan" -> Values.compare(value, a.get(0)) > 0;
            case "ge" -> Values.compare(value, a.get(0)) >= 0;
            case "in" -> Values.contains(a.get(0), value);
            case "lower" -> Values.text(value).equals(Values.text(value).toLowerCase());
            case "upper" -> Values.text(value).equals(Values.text(value).toUpperCase());
            default -> throw new Wrong("there is no test " + test + ".");
        };
    }
}
