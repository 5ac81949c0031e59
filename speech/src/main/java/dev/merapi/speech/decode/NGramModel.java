package dev.merapi.speech.decode;

import dev.merapi.io.AtomicFiles;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A language model of words that looks some words back, and further back off to fewer (Katz 1987): what an ARPA file
 * holds.
 *
 * <pre>{@code
 * var model = NGramModel.read(Path.of("words.arpa"));
 * IO.println(model.log10(List.of("press"), "one") + " " + model.perplexity(List.of("press one")));
 * }</pre>
 */
public final class NGramModel {
    /** The word before the first. */
    public static final String BEGIN = "<s>";
    /** The word behind the last. */
    public static final String END = "</s>";
    /** Any word that is not known. */
    public static final String UNKNOWN = "<unk>";

    private static final double NEVER = -99; // as ARPA files write it

    /**
     * An n-gram's weights.
     *
     * @param log10 of its last word after the others
     * @param backoff log10 of what its continuations that are not known are multiplied by
     */
    record Entry(double log10, double backoff) {}

    private final List<Map<List<String>, Entry>> orders; // of n-grams of 1, 2, … words

    NGramModel(List<Map<List<String>, Entry>> orders) { this.orders = orders; }

    /** Reads an ARPA file, gzipped or not; throws as {@link ArpaFile#read}. */
    public static NGramModel read(Path file) { return ArpaFile.read(file); }

    /** Words of the longest n-grams. */
    public int order() { return orders.size(); }

    /** N-grams of so many words. */
    public int size(int words) { return orders.get(words - 1).size(); }

    /** The context of a text's first word. */
    public List<String> begin() { return order() == 1 ? List.of() : List.of(BEGIN); }

    /** The context behind a word. */
    public List<String> after(List<String> context, String word) {
        if (order() == 1) return List.of();
        var longer = new ArrayList<>(context);
        longer.add(known(word));
        return List.copyOf(longer.subList(Math.max(0, longer.size() - order() + 1), longer.size()));
    }

    /** Log10 of the probability of a word after others; of one that is not known, that of {@link #UNKNOWN}. */
    public double log10(List<String> context, String word) {
        int from = Math.max(0, context.size() - order() + 1);
        return backed(context.subList(from, context.size()), known(word));
    }

    private double backed(List<String> context, String word) {
        var gram = new ArrayList<>(context);
        gram.add(word);
        var entry = orders.get(context.size()).get(gram);
        if (entry != null) return entry.log10();
        if (context.isEmpty()) return NEVER;
        var shorter = orders.get(context.size() - 1).get(context);
        return (shorter == null ? 0 : shorter.backoff()) + backed(context.subList(1, context.size()), word);
    }

    private String known(String word) {
        return orders.getFirst().containsKey(List.of(word)) ? word : UNKNOWN;
    }

    /** Log10 of the probability of a text of words between spaces, its end included. */
    public double log10(String text) {
        double sum = 0;
        var context = begin();
        for (String word : (text.strip() + " " + END).strip().split("\\s+")) {
            sum += log10(context, word);
            context = after(context, word);
        }
        return sum;
    }

    /** How many equally likely words would be as hard to guess, over texts, their ends included. */
    public double perplexity(List<String> texts) {
        long words = texts.stream().mapToLong(text -> text.isBlank() ? 1 : text.strip().split("\\s+").length + 1).sum();
        Expect.that(words > 0, "NGramModel.perplexity", "a text", "none");
        return Math.pow(10, -texts.stream().mapToDouble(this::log10).sum() / words);
    }

    /** Writes an ARPA file. */
    public void write(Path file) {
        var out = new StringBuilder("\\data\\\n");
        for (int n = 1; n <= order(); n++) out.append("ngram ").append(n).append('=').append(size(n)).append('\n');
        for (int n = 1; n <= order(); n++) {
            out.append("\n\\").append(n).append("-grams:\n");
            var sorted = new TreeMap<String, Entry>();
            orders.get(n - 1).forEach((gram, entry) -> sorted.put(String.join(" ", gram), entry));
            boolean last = n == order();
            sorted.forEach((gram, entry) -> out.append(number(entry.log10())).append('\t').append(gram)
                    .append(last || entry.backoff() == 0 ? "" : "\t" + number(entry.backoff())).append('\n'));
        }
        AtomicFiles.write(file, out.append("\n\\end\\\n").toString());
    }

    private static String number(double value) { return String.format(Locale.ROOT, "%.7f", value); }

    /** Empty orders to be filled. */
    static List<Map<List<String>, Entry>> empty(int order) {
        var orders = new ArrayList<Map<List<String>, Entry>>();
        for (int n = 0; n < order; n++) orders.add(new HashMap<>());
        return orders;
    }
}
