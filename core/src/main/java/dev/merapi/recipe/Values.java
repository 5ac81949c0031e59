package dev.merapi.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Converts the value of a setting, text or of JSON's types, to the type that the setting has. */
final class Values {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INTEGER = "[-+]?\\d[\\d_]*";
    private static final String NUMBER = "[-+]?(\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)([eE][-+]?\\d+)?";

    /** What was expected and received; the caller knows where. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;

        Wrong(String message) { super(message, null, false, false); }
    }

    private Values() {}

    /** What a user can give, in words. */
    static String kind(Type type) {
        if (type instanceof ParameterizedType list) return "a list, each " + kind(list.getActualTypeArguments()[0]);
        Class<?> kind = (Class<?>) type;
        if (kind.isEnum()) {
            return Arrays.stream(kind.getEnumConstants()).map(Values::name)
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (isInteger(kind)) return "an integer";
        if (isReal(kind)) return "a number";
        if (isBoolean(kind)) return "true or false";
        if (kind == String.class) return "text";
        if (kind.isRecord()) return "settings of its own, such as " + key(kind);
        throw new AssertionError("a setting of " + kind); // a recipe's author meets it in the first test
    }

    private static String key(Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).findFirst().map(Settings::key).orElse("none");
    }

    static Object of(Type type, Object given) throws Wrong {
        if (type instanceof ParameterizedType list) return list(list.getActualTypeArguments()[0], given);
        Class<?> kind = (Class<?>) type;
        if (given instanceof String text) {
            Object value = ofText(kind, text);
            if (value != null) return value;
        } else if (given instanceof Number number) {
            if (isReal(kind)) return real(kind, number.doubleValue());
            boolean whole = !(number instanceof Double || number instanceof Float);
            if (isInteger(kind) && whole) return integer(kind, new BigInteger(number.toString()));
        } else if (given instanceof Boolean && isBoolean(kind)) {
            return given;
        }
        throw wrong(kind(kind), given);
    }

    /** Null for a text that is no such value. */
    private static Object ofText(Class<?> kind, String text) throws Wrong {
        if (kind == String.class) return text;
        String bare = text.strip();
        if (kind.isEnum()) {
            return Arrays.stream(kind.getEnumConstants()).filter(c -> name(c).equalsIgnoreCase(bare)).findFirst()
                    .orElse(null);
        }
        if (isInteger(kind) && bare.matches(INTEGER)) return integer(kind, new BigInteger(plain(bare)));
        if (isReal(kind) && bare.matches(NUMBER)) {
            double value = Double.parseDouble(plain(bare));
            return Double.isFinite(value) ? real(kind, value) : null;
        }
        if (!isBoolean(kind)) return null;
        return switch (bare.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> null;
        };
    }

    private static String plain(String number) { return number.replace("_", "").replaceFirst("^\\+", ""); }

    private static Object integer(Class<?> kind, BigInteger value) throws Wrong {
        boolean small = kind == int.class || kind == Integer.class;
        if (value.bitLength() >= (small ? Integer.SIZE : Long.SIZE)) {
            throw new Wrong("expected an integer from " + (small ? Integer.MIN_VALUE + " to " + Integer.MAX_VALUE
                    : Long.MIN_VALUE + " to " + Long.MAX_VALUE) + ". Received " + value);
        }
        return small ? (Object) value.intValue() : (Object) value.longValue();
    }

    private static Object real(Class<?> kind, double value) {
        return kind == float.class || kind == Float.class ? (Object) (float) value : (Object) value;
    }

    /** A single value is a list of one; {@code [a, "b, c"]} in a text are two. */
    private static List<Object> list(Type element, Object given) throws Wrong {
        List<?> parts = given instanceof List<?> several ? several
                : given instanceof String text ? parts(text) : given == null ? List.of() : List.of(given);
        if (given == null) throw wrong("a list, each " + kind(element), null);
        var values = new ArrayList<Object>();
        for (Object part : parts) values.add(of(element, part));
        return List.copyOf(values);
    }

    private static List<String> parts(String text) throws Wrong {
        String list = text.strip();
        if (list.length() < 2 || !list.startsWith("[") || !list.endsWith("]")) return List.of(text);
        var parts = new ArrayList<String>();
        int from = 1;
        char quote = 0;
        for (int i = 1; i < list.length(); i++) {
            char c = list.charAt(i);
            boolean opens = quote == 0 && (c == '"' || c == '\'') && list.substring(from, i).isBlank();
            if (opens) {
                quote = c;
            } else if (quote == '"' && c == '\\') {
                i++; // what follows is no end
            } else if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == ',' || i == list.length() - 1)) {
                parts.add(unquoted(list.substring(from, i).strip()));
                from = i + 1;
            }
        }
        if (quote != 0) throw new Wrong("expected a list whose quotes are closed. Received " + text);
        if (parts.equals(List.of(""))) return List.of(); // []
        return parts;
    }

    private static String unquoted(String part) throws Wrong {
        if (part.length() < 2) return part;
        if (part.startsWith("'") && part.endsWith("'")) return part.substring(1, part.length() - 1);
        if (!part.startsWith("\"")) return part;
        try {
            return JSON.readValue(part, String.class); // the escapes are JSON's
        } catch (JsonProcessingException e) {
            throw new Wrong("expected a text in quotes, as in JSON. Received " + part);
        }
    }

    private static Wrong wrong(String kind, Object given) {
        String received = switch (given) {
            case null -> "none";
            case String text -> "\"" + text + "\"";
            case Map<?, ?> map -> "the keys " + String.join(", ", map.keySet().stream().map(Object::toString).toList());
            default -> given.toString();
        };
        return new Wrong("expected " + kind + ". Received " + received);
    }

    private static String name(Object constant) { return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT); }

    private static boolean isInteger(Class<?> type) {
        return type == int.class || type == long.class || type == Integer.class || type == Long.class;
    }

    private static boolean isReal(Class<?> type) {
        return type == double.class || type == float.class || type == Double.class || type == Float.class;
    }

    private static boolean isBoolean(Class<?> type) { return type == boolean.class || type == Boolean.class; }
}
