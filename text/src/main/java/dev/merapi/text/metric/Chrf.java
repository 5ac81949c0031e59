package dev.merapi.text.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * The F-score of runs of characters, and for chrF++ of words too, between texts and their references, 0 to 100 (Popović
 * 2015 and 2017). Recall counts twice as much as precision. The numbers are those of sacreBLEU.
 */
public final class Chrf {
    private static final int CHARACTERS = 6;
    private static final double RECALL_WEIGHT = 4; // beta², with beta 2
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private final int words;
    private final boolean spaces;
    private Counts sum;
    private int references = -1; // of each text; -1 before the first, 0 if their number differs

    /** Of each run length: how many runs the text has, the reference has, and both have. */
    private record Counts(long[] text, long[] reference, long[] both) {
        Counts plus(Counts other) {
            return new Counts(sum(text, other.text), sum(reference, other.reference), sum(both, other.both));
        }

        private static long[] sum(long[] a, long[] b) {
            long[] sum = a.clone();
            for (int i = 0; i < sum.length; i++) sum[i] += b[i];
            return sum;
        }

        double score() {
            double precision = 0;
            double recall = 0;
            int lengths = 0;
            for (int i = 0; i < text.length; i++) {
                if (text[i] == 0 || reference[i] == 0) continue;
                precision += (double) both[i] / text[i];
                recall += (double) both[i] / reference[i];
                lengths++;
            }
            if (precision + recall == 0) return 0;
            precision /= lengths;
            recall /= lengths;
            return 100 * (1 + RECALL_WEIGHT) * precision * recall / (RECALL_WEIGHT * precision + recall);
        }
    }

    /** chrF: runs of up to six characters. */
    public Chrf() { this(0, false); }

    /**
     * Any of the family.
     *
     * @param words the longest run of words that counts; 0 for chrF, 2 for chrF++
     * @param spaces whether white space is among the characters
     */
    public Chrf(int words, boolean spaces) {
        if (words < 0) throw new IllegalArgumentException("Chrf: expected 0 words or more. Received " + words);
        this.words = words;
        this.spaces = spaces;
        this.sum = zero();
    }

    /** chrF++: runs of up to two words too. */
    public static Chrf plusPlus() { return new Chrf(2, false); }

    /** Takes in a text and what is right; of several references, the one that gives this text most counts. */
    public void add(String text, String... references) {
        if (references.length == 0) {
            throw new IllegalArgumentException("Chrf.add: expected at least one reference. Received none.");
        }
        this.references = this.references == -1 || this.references == references.length ? references.length : 0;
        Counts best = null;
        for (String reference : references) {
            var counts = counts(text, reference);
            if (best == null || counts.score() > best.score()) best = counts;
        }
        sum = sum.plus(best);
    }

    private Counts zero() {
        int orders = CHARACTERS + words;
        return new Counts(new long[orders], new long[orders], new long[orders]);
    }

    private Counts counts(String text, String reference) {
        var counts = zero();
        for (int n = 1; n <= CHARACTERS; n++) put(counts, n - 1, characters(text), characters(reference), n);
        for (int n = 1; n <= words; n++) put(counts, CHARACTERS + n - 1, words(text), words(reference), n);
        return counts;
    }

    private static void put(Counts counts, int at, List<String> text, List<String> reference, int n) {
        var runs = Ngrams.count(text, n);
        var right = Ngrams.count(reference, n);
        counts.text[at] = right.isEmpty() ? 0 : Ngrams.total(runs);
        counts.reference[at] = Ngrams.total(right);
        counts.both[at] = Ngrams.common(runs, right);
    }

    private List<String> characters(String text) {
        return Words.characters(spaces ? text : Words.withoutSpaces(text));
    }

    /** Punctuation at one end of a word stands alone. */
    private static List<String> words(String text) {
        var all = new ArrayList<String>();
        Words.of(text).forEach(word -> {
            int last = word.length() - 1;
            if (last > 0 && PUNCTUATION.indexOf(word.charAt(last)) >= 0) {
                all.add(word.substring(0, last));
                all.add(word.substring(last));
            } else if (last > 0 && PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
                all.add(word.substring(0, 1));
                all.add(word.substring(1));
            } else {
                all.add(word);
            }
        });
        return all;
    }

    /** The value over all texts since the start; 0 before the first. */
    public double value() { return sum.score(); }

    /** What must be the same for values to be compared, as {@link Bleu#signature}. */
    public String signature() {
        return "nrefs:%s|case:mixed|eff:yes|nc:%d|nw:%d|space:%s|version:%s".formatted(
                references > 0 ? "" + references : "var", CHARACTERS, words, spaces ? "yes" : "no", Bleu.SACREBLEU);
    }
}
