package dev.merapi.text.metric;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Answers to questions, as the evaluation script of SQuAD measures them (Rajpurkar et al. 2016,
 * <a href="https://arxiv.org/abs/1606.05250">arXiv:1606.05250</a>): case, punctuation, articles and white space do not
 * count. The empty answer says that there is none.
 */
public final class AnswerScore {
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}"); // of ASCII
    private static final Pattern ARTICLE = Pattern.compile("(?<![\\p{L}\\p{N}_])(?:an?|the)(?![\\p{L}\\p{N}_])");

    private double exact;
    private double f1;
    private int count;

    /** 1 if an answer is right to the word, else 0. */
    public static double exact(String answer, String expected) { return words(answer).equals(words(expected)) ? 1 : 0; }

    /** The harmonic mean of the shares of the answer's and of the expected words that are in both, 0 to 1. */
    public static double f1(String answer, String expected) {
        var given = words(answer);
        var right = words(expected);
        if (given.isEmpty() || right.isEmpty()) return given.equals(right) ? 1 : 0;
        int common = Ngrams.common(Ngrams.count(given, 1), Ngrams.count(right, 1));
        double precision = (double) common / given.size();
        double recall = (double) common / right.size();
        return common == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    private static List<String> words(String text) {
        String plain = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
        return Words.of(ARTICLE.matcher(plain).replaceAll(" "));
    }

    /**
     * Takes in an answer and all that are right, the best of which counts; "" alone for a question without an answer.
     * As in SQuAD 2.0, one of which nothing is left without its articles and punctuation does not count beside others.
     */
    public void add(String answer, String... expected) {
        if (expected.length == 0) {
            throw new IllegalArgumentException("AnswerScore.add: expected at least one right answer, possibly empty."
                    + " Received none.");
        }
        var told = Stream.of(expected).filter(right -> !words(right).isEmpty()).toList();
        var right = told.isEmpty() ? List.of("") : told;
        exact += right.stream().mapToDouble(one -> exact(answer, one)).max().orElseThrow();
        f1 += right.stream().mapToDouble(one -> f1(answer, one)).max().orElseThrow();
        count++;
    }

    /** The share of answers that are right to the word, 0 to 100; NaN before the first. */
    public double exactMatch() { return count == 0 ? Double.NaN : 100 * exact / count; }

    /** The mean F1, 0 to 100; NaN before the first. */
    public double f1() { return count == 0 ? Double.NaN : 100 * f1 / count; }
}
