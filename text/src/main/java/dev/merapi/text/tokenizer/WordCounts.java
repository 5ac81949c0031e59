package dev.merapi.text.tokenizer;

import java.util.LinkedHashMap;
import java.util.Map;

/** How often each word was there, in the order of first sight. */
final class WordCounts {
    private final Map<String, long[]> counts = new LinkedHashMap<>();

    void add(String word) { counts.computeIfAbsent(word, _ -> new long[1])[0]++; }

    String[] words() { return counts.keySet().toArray(String[]::new); }

    long[] times() { return counts.values().stream().mapToLong(count -> count[0]).toArray(); }
}
