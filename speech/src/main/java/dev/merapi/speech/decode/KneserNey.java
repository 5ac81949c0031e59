package dev.merapi.speech.decode;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains a language model of words by interpolated Kneser-Ney smoothing (Chen and Goodman 1998): an n-gram gives a
 * fixed discount away, to be shared out by how many different words its end follows. The discount of each order is
 * n1 / (n1 + 2 n2), n1 and n2 being how many n-grams come once and twice.
 */
public final class KneserNey {
    private KneserNey() {}

    /**
     * A model of texts of words between spaces.
     *
     * @param order words of the longest n-grams
     * @throws IllegalArgumentException for an order below 1, or without a word
     */
    public static NGramModel train(List<String> texts, int order) {
        Expect.atLeast("KneserNey.order", 1, order);
        Expect.that(texts.stream().anyMatch(text -> !text.isBlank()), "KneserNey", "a text with a word", "none");
        var orders = NGramModel.empty(order);
        List<Map<List<String>, Integer>> counts = counts(texts, order);
        for (int n = 1; n <= order; n++) estimate(orders, counts, n);
        return new NGramModel(orders);
    }

    /** How often n-grams of the highest order come; of a lower order, how many different words stand before them. */
    private static List<Map<List<String>, Integer>> counts(List<String> texts, int order) {
        var counts = new ArrayList<Map<List<String>, Integer>>();
        for (int n = 1; n <= order; n++) counts.add(new HashMap<>());
        var seen = new HashSet<List<String>>(); // one longer than those they count for
        for (String text : texts) {
            var words = new ArrayList<String>();
            words.add(NGramModel.BEGIN);
            if (!text.isBlank()) words.addAll(List.of(text.strip().split("\\s+")));
            words.add(NGramModel.END);
            for (int n = 1; n <= order; n++) {
                for (int i = 0; i + n <= words.size(); i++) {
                    var gram = List.copyOf(words.subList(i, i + n));
                    if (n == 1 && i == 0) continue; // the begin is never guessed
                    boolean whole = n == order || i == 0; // nothing can stand before the begin
                    if (whole || seen.add(List.copyOf(words.subList(i - 1, i + n)))) {
                        counts.get(n - 1).merge(gram, 1, Integer::sum);
                    }
                }
            }
        }
        return counts;
    }

    private static void estimate(List<Map<List<String>, NGramModel.Entry>> orders,
            List<Map<List<String>, Integer>> counts, int n) {
        var own = counts.get(n - 1);
        double discount = discount(own);
        var totals = new HashMap<List<String>, int[]>(); // of a context: counts, and different continuations
        own.forEach((gram, count) -> {
            int[] total = totals.computeIfAbsent(gram.subList(0, n - 1), _ -> new int[2]);
            total[0] += count;
            total[1]++;
        });
        var below = n == 1 ? null : new NGramModel(orders.subList(0, n - 1));
        Set<String> words = new HashSet<>();
        if (n == 1) own.keySet().forEach(gram -> words.add(gram.getFirst()));
        own.forEach((gram, count) -> {
            var context = gram.subList(0, n - 1);
            int[] total = totals.get(context);
            double rest = discount * total[1] / total[0];
            double lower = n == 1 ? 1.0 / (words.size() + 1)
                    : Math.pow(10, below.log10(context.subList(1, n - 1), gram.getLast()));
            put(orders, gram, (count - discount) / total[0] + rest * lower);
        });
        if (n == 1) {
            int[] total = totals.get(List.<String>of());
            put(orders, List.of(NGramModel.UNKNOWN), discount * total[1] / total[0] / (words.size() + 1));
            orders.getFirst().put(List.of(NGramModel.BEGIN), new NGramModel.Entry(-99, 0));
        } else {
            totals.forEach((context, total) -> orders.get(n - 2).computeIfPresent(List.copyOf(context),
                    (_, entry) -> new NGramModel.Entry(entry.log10(), Math.log10(discount * total[1] / total[0]))));
        }
    }

    private static void put(List<Map<List<String>, NGramModel.Entry>> orders, List<String> gram, double p) {
        orders.get(gram.size() - 1).put(gram, new NGramModel.Entry(Math.log10(p), 0));
    }

    private static double discount(Map<List<String>, Integer> counts) {
        long once = counts.values().stream().filter(count -> count == 1).count();
        long twice = counts.values().stream().filter(count -> count == 2).count();
        return once == 0 || once + 2 * twice == 0 ? 0.5 : Math.min(0.95, (double) once / (once + 2 * twice));
    }
}
