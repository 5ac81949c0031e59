package dev.merapi.text.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How many of the words and runs of up to four words of translations are in their references, 0 to 100 (Papineni et
 * al. 2002). The numbers are those of sacreBLEU (Post 2018,
 * <a href="https://arxiv.org/abs/1804.08771">arXiv:1804.08771</a>) by the signature that {@link #signature} gives.
 */
public final class Bleu {
    private static final int ORDER = 4;
    private static final double FLOOR = 0.1;

    private final Tokens tokens;
    private final Smoothing smoothing;
    private final long[] correct = new long[ORDER]; // by the length of the runs
    private final long[] total = new long[ORDER];
    private long length;
    private long referenceLength;
    private int references = -1; // of each text; -1 before the first, 0 if their number differs

    /** How a text becomes words. */
    public enum Tokens {
        /** As mteval-v13a: punctuation stands alone. */
        V13A("13a") {
            @Override List<String> split(String text) { return V13a.split(text); }
        },
        /** At white space. */
        NONE("none") {
            @Override List<String> split(String text) { return words(text); }
        },
        /** Each character but white space, for languages without spaces. */
        CHAR("char") {
            @Override List<String> split(String text) {
                return text.codePoints().filter(c -> !Character.isWhitespace(c)).mapToObj(Character::toString).toList();
            }
        };

        private final String signature;

        Tokens(String signature) {
            this.signature = signature;
        }

        abstract List<String> split(String text);
    }

    /** What becomes of run lengths of which nothing is right. */
    public enum Smoothing {
        /** Half, a quarter, an eighth, … of one right run (mteval-v13a). */
        EXP,
        /** A tenth of one right run. */
        FLOOR,
        /** One right run more for every length above 1 (Lin and Och 2004). */
        ADD_K,
        /** The whole is 0. */
        NONE
    }

    /** The rules of mteval-v13a, on a text with a space at both ends. */
    private static final class V13a {
        private static final Map<String, String> ENTITIES = Map.of("&quot;", "\"", "&lt;", "<", "&gt;", ">");
        private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
        private static final Pattern AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
        private static final Pattern BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
        private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

        static List<String> split(String text) {
            String line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ").replace("&amp;", "&");
            for (var entity : ENTITIES.entrySet()) line = line.replace(entity.getKey(), entity.getValue());
            line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
            line = AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
            line = BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
            return words(DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 "));
        }
    }

    /** With sacreBLEU's defaults. */
    public Bleu() { this(Tokens.V13A, Smoothing.EXP); }

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

    /** What must be the same for values to be compared, as sacreBLEU writes it. */
    public String signature() {
        return "nrefs:%s|case:mixed|eff:no|tok:%s|smooth:%s".formatted(references > 0 ? "" + references : "var",
                tokens.signature, smoothing.name().toLowerCase().replace('_', '-'));
    }

    private static List<String> words(String text) {
        return Stream.of(text.strip().split("\\s+")).filter(word -> !word.isEmpty()).toList();
    }
}
