package dev.merapi.text.jinja;

import dev.merapi.io.Nearest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** Filters, tests or methods by their names. */
final class Table<T> {
    private record Entry<T>(Signature signature, BiFunction<T, Arguments, ?> body) {}

    private final String kind;
    private final Map<String, Entry<T>> entries = new LinkedHashMap<>();
    private final Map<String, String> refused = new LinkedHashMap<>();

    Table(String kind) { this.kind = kind; }

    /** @param signature the name and what it takes; see {@link Signature} */
    Table<T> add(String signature, BiFunction<T, Arguments, ?> body) {
        var parsed = Signature.of(signature);
        entries.put(parsed.name(), new Entry<>(parsed, body));
        return this;
    }

    /** Names of Jinja2 that are not to be had here. */
    Table<T> refuse(String why, String... names) {
        Arrays.stream(names).forEach(name -> refused.put(name, why));
        return this;
    }

    boolean has(String name) { return entries.containsKey(name); }

    /** Whether Jinja2 has it, here or not. */
    boolean knows(String name) { return has(name) || refused.containsKey(name); }

    Object apply(String name, T value, Arguments arguments) {
        var entry = entries.get(name);
        if (entry == null) throw unknown(name);
        Limits.step();
        Object result = entry.body().apply(value, entry.signature().bind(arguments));
        if (result instanceof String text) Limits.spend(text.length());
        return result;
    }

    private Wrong unknown(String name) {
        if (name.length() > 100) return new Wrong("there is no " + kind + " " + Texts.shortened(name) + ".");
        String there = "there is no " + kind + " " + name;
        if (refused.containsKey(name)) return new Wrong(there + " here: " + refused.get(name) + ".");
        var meant = Nearest.near(name, entries.keySet());
        return new Wrong(there + meant.map(n -> ". Did you mean " + n + "?").orElse("."));
    }
}
