package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code macro}, or the block of a {@code call}.
 *
 * @param parameters names, each with its default or null
 * @param uses which of {@code caller}, {@code varargs} and {@code kwargs} stand in the body
 */
record Macro(String name, Map<String, Expression> parameters, Set<String> uses, Node body, Scope outer)
        implements Callable, Thing {
    @Override public Object attribute(String attribute) {
        return switch (attribute) {
            case "name" -> name;
            case "arguments" -> new Tuple(List.copyOf(parameters.keySet()));
            case "caller", "catch_varargs", "catch_kwargs" -> uses.contains(attribute.replace("catch_", ""));
            default -> new Undefined(attribute);
        };
    }

    @Override public Object call(Arguments a) {
        return Limits.call(() -> {
            var out = new Output();
            body.write(scope(a), out);
            return out.toString();
        });
    }

    private Scope scope(Arguments a) {
        var scope = new Scope(outer);
        var rest = new ArrayList<>(a.positional());
        var named = new LinkedHashMap<Object, Object>(a.named());
        for (var parameter : parameters.entrySet()) {
            String key = parameter.getKey();
            if (!rest.isEmpty()) scope.set(key, rest.removeFirst());
            else if (named.containsKey(key)) scope.set(key, named.remove(key));
            else scope.set(key, otherwise(key, parameter.getValue(), scope));
        }
        if (uses.contains("caller")) {
            scope.set("caller", named.containsKey("caller") ? named.remove("caller") : new Undefined("caller"));
        }
        if (uses.contains("varargs")) scope.set("varargs", new Tuple(rest));
        else if (!rest.isEmpty()) throw wrong(a.positional().size() + " arguments");
        if (uses.contains("kwargs")) scope.set("kwargs", named);
        else if (!named.isEmpty()) throw wrong("an argument " + named.keySet().iterator().next());
        return scope;
    }

    private static Object otherwise(String name, Expression value, Scope scope) {
        return value == null ? new Undefined(name) : value.value(scope);
    }

    private Wrong wrong(String received) {
        return new Wrong("expected " + (name == null ? "caller" : name) + "(" + String.join(", ", parameters.keySet())
                + "). Received " + received + ".");
    }
}
