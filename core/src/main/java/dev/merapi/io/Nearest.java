package dev.merapi.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
public final class Nearest {
    private static final int LONGEST = 200; // letters

    private Nearest() {}

    /** The candidate with the smallest edit distance (Levenshtein 1966). */
    public static String to(String word, Collection<String> candidates) {
        return candidates.stream().min(Comparator.comparingInt(c -> distance(word, c))).orElseThrow();
    }

    /**
     * The nearest candidate that a word may be a misspelling of: two letters are wrong at most, or a third of them, and
     * not all; large letters are as small ones. Nothing is guessed for a word of more than 200 letters.
     */
    public static Optional<String> near(String word, Collection<String> candidates) {
        if (word.length() > LONGEST) return Optional.empty();
        return candidates.stream().filter(c -> c.length() <= LONGEST && isNear(slips(word, c), word, c))
                .min(Comparator.comparingInt(c -> slips(word, c)));
    }

    private static boolean isNear(int slips, String word, String candidate) {
        int longer = Math.max(word.length(), candidate.length());
        return slips <= Math.max(2, longer / 3) && slips < longer;
    }

    private static int slips(String word, String candidate) {
        return distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
    }

    /** The least number of letters to insert, delete or replace to make one of the other. */
    public static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
