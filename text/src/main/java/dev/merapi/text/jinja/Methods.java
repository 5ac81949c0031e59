package dev.merapi.text.jinja;

import dev.merapi.text.jinja.Arguments.Callable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** The methods of Python's texts, lists and dictionaries that change nothing. */
final class Methods {
    private Methods() {}

    /** A method of a value, or null. */
    static Callable find(Object value, String name) {
        return switch (value) {
            case String text -> ofText(text, name);
            case Map<?, ?> map -> ofMap(map, name);
            case List<?> list -> ofList(list, name);
            case null, default -> null;
        };
    }

    private static Callable ofMap(Map<?, ?> map, String name) {
        return switch (name) {
            case "items" -> _ -> map.entrySet().stream().map(e -> Arrays.asList(e.getKey(), Values.of(e.getValue())))
                    .toList();
            case "keys" -> _ -> new ArrayList<>(map.keySet());
            case "values" -> _ -> map.values().stream().map(Values::of).collect(Collectors.toList());
            case "get" -> a -> map.containsKey(a.get(0)) ? Values.of(map.get(a.get(0))) : a.get(1, "default", null);
            default -> null;
        };
    }

    private static Callable ofList(List<?> list, String name) {
        return switch (name) {
            case "count" -> a -> list.stream().filter(element -> Values.equal(element, a.get(0))).count();
            case "index" -> a -> {
                for (int i = 0; i < list.size(); i++) if (Values.equal(list.get(i), a.get(0))) return (long) i;
                throw new Wrong("expected " + Values.text(a.get(0)) + " in the list. It is not there.");
            };
            default -> null;
        };
    }

    private static Callable ofText(String s, String name) {
        return switch (name) {
            case "strip" -> a -> strip(s, a, true, true);
            case "lstrip" -> a -> strip(s, a, true, false);
            case "rstrip" -> a -> strip(s, a, false, true);
            case "split" -> a -> split(s, a.get(0, "sep", null), Values.whole(a.get(1, "maxsplit", -1L)));
            case "rsplit" -> a -> splitFromEnd(s, a.get(0, "sep", null), Values.whole(a.get(1, "maxsplit", -1L)));
            case "splitlines" -> _ -> s.lines().toList();
            case "startswith" -> a -> choices(a).stream().anyMatch(s::startsWith);
            case "endswith" -> a -> choices(a).stream().anyMatch(s::endsWith);
            case "upper" -> _ -> s.toUpperCase();
            case "lower" -> _ -> s.toLowerCase();
            case "title" -> _ -> title(s, c -> !Character.isLetter(c));
            case "capitalize" -> _ -> capitalize(s);
            case "replace" -> a -> replace(s, a.text(0), a.text(1), Values.whole(a.get(2, "count", -1L)));
            case "find" -> a -> (long) s.indexOf(a.text(0));
            case "rfind" -> a -> (long) s.lastIndexOf(a.text(0));
            case "count" -> a -> (long) split(s, a.text(0), -1).size() - 1;
            case "join" -> a -> Values.list(a.get(0)).stream().map(Values::text).collect(Collectors.joining(s));
            case "isdigit" -> _ -> !s.isEmpty() && s.chars().allMatch(Character::isDigit);
            case "removeprefix" -> a -> s.startsWith(a.text(0)) ? s.substring(a.text(0).length()) : s;
            case "removesuffix" -> a -> s.endsWith(a.text(0)) ? s.substring(0, s.length() - a.text(0).length()) : s;
            default -> null;
        };
    }

    /** One text, or any of a tuple. */
    private static List<String> choices(Arguments a) {
        return a.get(0) instanceof List<?> list ? list.stream().map(Values::text).toList() : List.of(a.text(0));
    }

    static String strip(String s, Arguments a, boolean left, boolean right) {
        Object given = a.get(0, "chars", null);
        int from = 0;
        int to = s.length();
        while (left && from < to && isStripped(s.charAt(from), given)) from++;
        while (right && to > from && isStripped(s.charAt(to - 1), given)) to--;
        return s.substring(from, to);
    }

    private static boolean isStripped(char c, Object chars) {
        if (chars != null) return Values.text(chars).indexOf(c) >= 0;
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** @param separator null for any white space */
    static List<String> split(String s, Object separator, long most) {
        var parts = new ArrayList<String>();
        String rest = separator == null ? s.stripLeading() : s;
        while (most < 0 || parts.size() < most) {
            int at = separator == null ? firstSpace(rest) : rest.indexOf(Values.text(separator));
            if (at < 0) break;
            parts.add(rest.substring(0, at));
            rest = separator == null ? rest.substring(at).stripLeading()
                    : rest.substring(at + Values.text(separator).length());
        }
        if (separator != null || !rest.isEmpty()) parts.add(rest);
        return parts;
    }

    private static int firstSpace(String s) {
        for (int i = 0; i < s.length(); i++) if (Character.isWhitespace(s.charAt(i))) return i;
        return -1;
    }

    private static List<String> splitFromEnd(String s, Object separator, long most) {
        var backwards = split(reversed(s), separator == null ? null : reversed(Values.text(separator)), most);
        return backwards.reversed().stream().map(Methods::reversed).toList();
    }

    private static String reversed(String s) { return new StringBuilder(s).reverse().toString(); }

    static String replace(String s, String old, String by, long most) {
        if (most < 0) return s.replace(old, by);
        var parts = split(s, old, most);
        return String.join(by, parts);
    }

    static String capitalize(String s) {
        return s.isEmpty() ? s : s.substring(0, 1).toUpperCase() + s.substring(1).toLowerCase();
    }

    static String title(String s, IntPredicate isBetweenWords) {
        var out = new StringBuilder();
        boolean begins = true;
        for (char c : s.toCharArray()) {
            out.append(begins ? Character.toUpperCase(c) : Character.toLowerCase(c));
            begins = isBetweenWords.test(c);
        }
        return out.toString();
    }
}
