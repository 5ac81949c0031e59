package dev.merapi.text.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * How many of the words and runs of up to four words of translations are in their references, 0 to 100 (Papineni et
 * al. 2002). The numbers are those of sacreBLEU (Post 2018,
 * <a href="https://arxiv.org/abs/1804.08771">arXiv:1804.08771</a>) by the signature that {@link #signature} gives.
 */
public final class Bleu {
    private static final int ORDER = 4;
    private static final double FLOOR = 0.1;
    static final String SACREBLEU = "2.6.0";

    private final Tokens tokens;
    private final Smoothing smoothing;
    private final long[] correct = new long[ORDER]; // by the length of the runs
    private final long[] total = new long[ORDER];
    private long length;
    private long referenceLength;
    private int references = -1; // of each text; -1 before the first, 0 if their number differs

    /** How a text becomes words. */
    public enum Tokens {
        /** As mteval-v13a: ASCII punctuation stands alone. */
        V13A("13a") {
            @Override List<String> cut(String text) { return Mteval.v13a(text); }
        },
        /** As mteval-v14: punctuation and symbols of any script stand alone. */
        INTL("intl") {
            @Override List<String> cut(String text) { return Mteval.v14(text); }
        },
        /** At white space. */
        NONE("none") {
            @Override List<String> cut(String text) { return Words.of(text); }
        },
        /** Each character but white space, for languages without spaces. */
        CHAR("char") {
            @Override List<String> cut(String text) { return Words.characters(Words.withoutSpaces(text)); }
        };

        private final String signature;

        Tokens(String signature) {
            this.signature = signature;
        }

        abstract List<String> cut(String text);

        List<String> split(String text) { return cut(Words.stripTrailing(text)); }
    }

    /** What becomes of run lengths of which nothing is right. */
    public enum Smoothing {
        /** Half, a quarter, an eighth, … of one right run (mteval-v13a). */
        EXP("exp"),
        /** A tenth of one right run. */
        FLOOR("floor[0.10]"),
        /** One right run more for every length above 1 (Lin and Och 2004). */
        ADD_K("add-k[1.00]"),
        /** The whole is 0. */
        NONE("none");

        private final String signature;

        Smoothing(String signature) {
            this.signature = signature;
        }
    }

    /** With sacreBLEU's defaults. */
    public Bleu() { this(Tokens.V13A, Smoothing.EXP); }

    /** With another way to cut texts into tokens, or to smooth counts of 0. */
    public Bleu(Tokens tokens, Smoothing smoothing) {
        this.tokens = tokens;
        this.smoothing = smoothing;
    }

    /** The value of one text, of which only the lengths of runs count that it has. */
    public static double sentence(String text, String... references) {
        var bleu = new Bleu();
        bleu.add(text, references);
        return bleu.value(true);
    }

    /** Takes in a translation and what is right. */
    public void add(String text, String... references) {
        if (references.length == 0) {
            throw new IllegalArgumentException("Bleu.add: expected at least one reference. Received none.");
        }
        this.references = this.references == -1 || this.references == references.length ? references.length : 0;
        var words = tokens.split(text);
        var others = Arrays.stream(references).map(tokens::split).toList();
        length += words.size();
        referenceLength += others.stream().mapToInt(List::size).boxed()
                .min(Comparator.<Integer>comparingInt(size -> Math.abs(size - words.size()))
                        .thenComparing(Comparator.naturalOrder())).orElseThrow();
        for (int n = 1; n <= ORDER; n++) {
            var most = new HashMap<List<String>, Integer>(); // of each run, in any reference
            for (var other : others) Ngrams.count(other, n).forEach((run, count) -> most.merge(run, count, Math::max));
            var runs = Ngrams.count(words, n);
            correct[n - 1] += Ngrams.common(runs, most);
            total[n - 1] += Ngrams.total(runs);
        }
    }

    /** The value over all texts since the start; 0 before the first. */
    public double value() { return value(false); }

    private double value(boolean effectiveOrder) {
        if (Arrays.stream(correct).allMatch(n -> n == 0)) return 0;
        double logs = 0;
        int order = effectiveOrder ? 0 : ORDER;
        double smoothed = 1;
        for (int n = 0; n < ORDER; n++) {
            boolean more = smoothing == Smoothing.ADD_K && n > 0;
            double right = more ? correct[n] + 1 : correct[n];
            double all = more ? total[n] + 1 : total[n];
            if (all == 0) {
                if (!effectiveOrder) return 0;
                break;
            }
            if (effectiveOrder) order = n + 1;
            if (right == 0) {
                if (smoothing == Smoothing.EXP) right = 1 / (smoothed *= 2);
                else if (smoothing == Smoothing.FLOOR) right = FLOOR;
                else return 0;
            }
            logs += Math.log(100 * right / all);
        }
        return brevityPenalty() * Math.exp(logs / order);
    }

    private double brevityPenalty() {
        return length >= referenceLength ? 1 : Math.exp(1 - (double) referenceLength / length);
    }

    /**
     * What must be the same for values to be compared, as sacreBLEU writes it; the version is that of the sacreBLEU
     * whose values these are.
     */
    public String signature() {
        return "nrefs:%s|case:mixed|eff:no|tok:%s|smooth:%s|version:%s".formatted(
                references > 0 ? "" + references : "var", tokens.signature, smoothing.signature, SACREBLEU);
    }
}
