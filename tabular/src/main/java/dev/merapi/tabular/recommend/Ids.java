package dev.merapi.tabular.recommend;

import dev.merapi.io.Nearest;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** What users or items are called in a table, and their numbers from 0, which models use. */
public final class Ids {
    private static final int COMPARED = 10_000; // names that a message looks for the nearest in

    private final String kind;
    private final List<String> names;
    private final Map<String, Integer> numbers;

    private Ids(String kind, List<String> names) {
        this.kind = kind;
        this.names = names;
        numbers = HashMap.newHashMap(names.size());
        for (String name : names) numbers.put(name, numbers.size());
    }

    /**
     * Names in their order; one that comes again counts once.
     *
     * @param kind what they are, for messages: {@code user}
     */
    public static Ids of(String kind, Collection<String> names) {
        return new Ids(kind, List.copyOf(new LinkedHashSet<>(names)));
    }

    public int size() { return names.size(); }

    /** By number. */
    public List<String> names() { return names; }

    public String name(int number) { return names.get(number); }

    public boolean has(String name) { return numbers.containsKey(name); }

    /**
     * The number of a name.
     *
     * @throws IllegalArgumentException with a similar name, if it is not one of these
     */
    public int number(String name) {
        Integer number = numbers.get(name);
        if (number != null) return number;
        String hint = names.isEmpty() ? "" : "; did you mean " + Nearest.to(name, names.subList(0,
                Math.min(COMPARED, names.size()))) + "?";
        throw new IllegalArgumentException("Expected one of the " + names.size() + " " + kind + "s that were trained"
                + " on. Received " + name + hint);
    }
}
