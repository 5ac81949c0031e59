package dev.merapi.text.metric;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How much of a reference a summary has (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"): the mean
 * over all summaries. The numbers are those of Google's rouge_score without its stemmer: words are runs of a-z and 0-9
 * in lower case.
 */
public final class Rouge {
    private final Kind kind;
    private double precision;
    private double recall;
    private double f1;
    private int count;

    /** What is compared. */
    public enum Kind {
        /** Words. */
        ROUGE_1,
        /** Pairs of words. */
        ROUGE_2,
        /** The longest sequence of words that both have, with or without others between. */
        ROUGE_L,
        /** The same for each line of the reference, with all lines of the summary. */
        ROUGE_L_SUM
    }

    /** Each from 0 to 1. */
    public record Score(double precision, double recall, double f1) {
        private static Score of(int common, int summary, int reference) {
            double p = (double) common / Math.max(summary, 1);
            double r = (double) common / Math.max(reference, 1);
            return new Score(p, r, p + r == 0 ? 0 : 2 * p * r / (p + r));
        }
    }

    /** Counts one kind of overlap. */
    public Rouge(Kind kind) {
        this.kind = kind;
    }

    /** One summary's score. */
    public static Score score(Kind kind, String summary, String reference) {
        return switch (kind) {
            case ROUGE_1 -> runs(words(summary), words(reference), 1);
            case ROUGE_2 -> runs(words(summary), words(reference), 2);
            case ROUGE_L -> {
                var a = words(summary);
                var b = words(reference);
                yield Score.of(longest(b, a).size(), a.size(), b.size());
            }
            case ROUGE_L_SUM -> lines(Stream.of(summary.split("\n")).map(Rouge::words).toList(),
                    Stream.of(reference.split("\n")).map(Rouge::words).toList());
        };
    }

    private static List<String> words(String text) {
        return Stream.of(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")).filter(word -> !word.isEmpty()).toList();
    }

    private static Score runs(List<String> summary, List<String> reference, int n) {
        var a = Ngrams.count(summary, n);
        var b = Ngrams.count(reference, n);
        return Score.of(Ngrams.common(a, b), Ngrams.total(a), Ngrams.total(b));
    }

    /** Each word counts as often as both have it, wherever it was found. */
    private static Score lines(List<List<String>> summary, List<List<String>> reference) {
        var left = Ngrams.count(summary.stream().flatMap(List::stream).toList(), 1);
        var leftInReference = Ngrams.count(reference.stream().flatMap(List::stream).toList(), 1);
        int common = 0;
        for (var line : reference) {
            Set<Integer> found = new HashSet<>(); // places in the line
            for (var other : summary) found.addAll(longest(line, other));
            for (int place : found.stream().sorted().toList()) {
                var word = List.of(line.get(place));
                if (left.getOrDefault(word, 0) == 0 || leftInReference.getOrDefault(word, 0) == 0) continue;
                left.merge(word, -1, Integer::sum);
                leftInReference.merge(word, -1, Integer::sum);
                common++;
            }
        }
        return Score.of(common, summary.stream().mapToInt(List::size).sum(),
                reference.stream().mapToInt(List::size).sum());
    }

    /** The places in {@code a} of the longest sequence that both have. */
    private static List<Integer> longest(List<String> a, List<String> b) {
        var lengths = new int[a.size() + 1][b.size() + 1]; // of the first i of a and j of b
        for (int i = 1; i <= a.size(); i++) {
            for (int j = 1; j <= b.size(); j++) {
                lengths[i][j] = a.get(i - 1).equals(b.get(j - 1)) ? lengths[i - 1][j - 1] + 1
                        : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
            }
        }
        var places = new ArrayList<Integer>();
        for (int i = a.size(), j = b.size(); i > 0 && j > 0;) {
            if (a.get(i - 1).equals(b.get(j - 1))) {
                places.add(--i);
                j--;
            } else if (lengths[i][j - 1] > lengths[i - 1][j]) {
                j--;
            } else {
                i--;
            }
        }
        return places.reversed();
    }

    /** Takes in a summary and what is right; of several references, the one with the best F1 counts. */
    public void add(String summary, String... references) {
        if (references.length == 0) {
            throw new IllegalArgumentException("Rouge.add: expected at least one reference. Received none.");
        }
        Score best = null;
        for (String reference : references) {
            var score = score(kind, summary, reference);
            if (best == null || score.f1 > best.f1) best = score;
        }
        precision += best.precision;
        recall += best.recall;
        f1 += best.f1;
        count++;
    }

    /** The means over all summaries since the start; 0 before the first. */
    public Score value() {
        int n = Math.max(count, 1);
        return new Score(precision / n, recall / n, f1 / n);
    }
}
