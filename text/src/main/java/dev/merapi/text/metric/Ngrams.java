package dev.merapi.text.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each run of neighbours occurs. */
final class Ngrams {
    private Ngrams() {}

    static <T> Map<List<T>, Integer> count(List<T> items, int n) {
        var counts = new HashMap<List<T>, Integer>();
        for (int i = 0; i + n <= items.size(); i++) counts.merge(items.subList(i, i + n), 1, Integer::sum);
        return counts;
    }

    /** How many of the first's are in the second too, each as often as there. */
    static <K> int common(Map<K, Integer> first, Map<K, Integer> second) {
        return first.entrySet().stream().mapToInt(e -> Math.min(e.getValue(), second.getOrDefault(e.getKey(), 0)))
                .sum();
    }

    static int total(Map<?, Integer> counts) { return counts.values().stream().mapToInt(count -> count).sum(); }
}
