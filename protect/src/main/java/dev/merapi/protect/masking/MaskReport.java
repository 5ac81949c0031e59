package dev.merapi.protect.masking;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was masked in a file: how many values of which type, by column. No value is in it. */
public final class MaskReport {
    private final Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
    private long lines;

    void line() { lines++; }

    void add(String column, String type) {
        counts.computeIfAbsent(column, _ -> new TreeMap<>()).merge(type, 1L, Long::sum);
    }

    /** Lines of a text, or rows of a table. */
    public long lines() { return lines; }

    /** Values by type, of each column; of a text there is one, whose name is empty. */
    public Map<String, Map<String, Long>> counts() { return Collections.unmodifiableMap(counts); }

    /** All of a type. */
    public long count(String type) {
        return counts.values().stream().mapToLong(column -> column.getOrDefault(type, 0L)).sum();
    }

    /** For JSON. */
    @JsonValue public Map<String, Object> values() {
        var values = new LinkedHashMap<String, Object>();
        values.put("lines", lines);
        values.put("found", counts);
        return values;
    }

    /** Such as {@code 1000 lines: 12 email, 3 phone}, a line for each column of a table. */
    @Override public String toString() {
        if (counts.isEmpty()) return lines + " lines, nothing found";
        if (counts.keySet().equals(Set.of(""))) return lines + " lines: " + words(counts.get(""));
        return lines + " rows" + counts.entrySet().stream()
                .map(column -> "\n  " + column.getKey() + ":"
                        + " " + words(column.getValue())).collect(Collectors.joining());
    }

    private static String words(Map<String, Long> types) {
        return types.entrySet().stream().map(type -> type.getValue() + " " + type.getKey())
                .collect(Collectors.joining(", "));
    }
}
