package dev.merapi.io;

import java.util.Collection;
import java.util.Comparator;

/** Guesses what a misspelt word was meant to be. */
public final class Nearest {
    private Nearest() {}

    /** The candidate with the smallest edit distance (Levenshtein 1966). */
    public static String to(String word, Collection<String> candidates) {
        return candidates.stream().min(Comparator.comparingInt(c -> distance(word, c))).orElseThrow();
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
