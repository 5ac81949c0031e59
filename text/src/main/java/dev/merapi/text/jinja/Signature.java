package dev.merapi.text.jinja;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What arguments something takes: {@code replace(old, new, count?)}; {@code *} stands for any number of others, and
 * {@code **} for any names.
 */
record Signature(String text, String name, List<String> names, int required, boolean any, boolean anyName) {
    static Signature of(String text) {
        String name = text.substring(0, text.indexOf('('));
        var all = Arrays.stream(text.substring(name.length() + 1, text.length() - 1).split(", "))
                .filter(part -> !part.isEmpty()).toList();
        var names = all.stream().filter(part -> !part.startsWith("*")).toList();
        return new Signature(text, name, names.stream().map(part -> part.replace("?", "")).toList(),
                (int) names.stream().filter(part -> !part.endsWith("?")).count(), all.contains("*"),
                all.contains("**"));
    }

    /** All arguments by name. */
    Arguments bind(Arguments a) {
        var positional = a.positional();
        int count = Math.min(positional.size(), names.size());
        if (positional.size() > count && !any) throw wrong(positional.size() + " arguments");
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) named.put(names.get(i), positional.get(i));
        a.named().forEach((key, value) -> {
            if (!anyName && !names.contains(key)) throw wrong("an argument " + key);
            if (named.putIfAbsent(key, value) != null) throw wrong(key + " twice");
        });
        var missing = names.subList(0, required).stream().filter(key -> !named.containsKey(key)).toList();
        if (!missing.isEmpty()) throw wrong(missing.stream().collect(Collectors.joining(", ", "no ", "")));
        return new Arguments(positional.subList(count, positional.size()), named);
    }

    private Wrong wrong(String received) { return new Wrong("expected " + text + ". Received " + received + "."); }
}
