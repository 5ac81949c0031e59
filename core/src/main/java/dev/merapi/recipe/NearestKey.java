package dev.merapi.recipe;

import dev.merapi.io.Nearest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Guesses which setting a user meant: by what was misspelt, shortened ({@code lr}) or said in other words. */
final class NearestKey {
    private NearestKey() {}

    /** {@code " Did you mean epochs?"}, or nothing where no key is like it. */
    static String hint(String key, List<String> known) {
        var nearest = known.stream().min(Comparator.comparingInt((String k) -> distance(key, k))
                .thenComparing(Comparator.naturalOrder()));
        return nearest.filter(k -> distance(key, k) <= Math.max(2, key.length() / 2))
                .map(k -> " Did you mean " + k + "?").orElse("");
    }

    /** A record within a record matters less than what the setting itself is called. */
    private static int distance(String key, String known) {
        String name = known.substring(known.lastIndexOf('.') + 1);
        String asked = key.substring(key.lastIndexOf('.') + 1);
        if (asked.equals(name)) return 0;
        int edits = Math.min(Nearest.distance(key, known), Nearest.distance(asked, name));
        return edits > 1 && isPart(asked, name) ? 1 : edits;
    }

    /** {@code batch} and {@code rate} of {@code batch_size} and {@code learning_rate}, which is {@code lr} in short. */
    private static boolean isPart(String a, String b) {
        var words = Arrays.asList(b.split("_"));
        String initials = words.stream().map(word -> word.substring(0, Math.min(1, word.length())))
                .collect(Collectors.joining());
        return b.startsWith(a) || words.contains(a) || words.size() > 1 && initials.equals(a)
                || Arrays.asList(a.split("_")).contains(b);
    }
}
