package dev.merapi.protect.robustness;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Replaces words of a text by neighbours of their vectors until a model takes it for another class: words whose removal
 * changes the model's answer most come first, and of each the neighbour that lowers the probability of the class most
 * (after Jin et al. 2020, TextFooler, arXiv:1907.11932, without its filter by meaning).
 *
 * @param probabilities of texts, each a list of words, for each class
 * @param neighbours of a word, the nearest first; empty for one that stays
 * @param budget share of a text's words that may be replaced
 */
public record WordSubstitution(Function<List<List<String>>, double[][]> probabilities,
        Function<String, List<String>> neighbours, double budget) {
    public WordSubstitution { Expect.that(budget > 0 && budget <= 1, "budget", "a share above 0, to 1", budget); }

    /**
     * What became of a text.
     *
     * @param words of the text that the model errs on, or errs on most
     * @param replaced how many of them are others than before
     * @param succeeded whether the model gives another class
     */
    public record Attacked(List<String> words, int replaced, boolean succeeded) {}

    /** Attacks a text whose class the model gives rightly. */
    public Attacked attack(List<String> text, int label) {
        Expect.that(!text.isEmpty(), "WordSubstitution", "at least one word", text);
        var words = new ArrayList<>(text);
        int left = Math.max(1, (int) (budget * words.size())), replaced = 0;
        for (int place : byImportance(text, label)) {
            if (replaced == left) break;
            var candidates = neighbours.apply(words.get(place));
            if (candidates.isEmpty()) continue;
            var tries = candidates.stream().map(word -> with(words, place, word)).toList();
            double[][] answers = probabilities.apply(tries);
            int best = IntStream.range(0, tries.size()).boxed()
                    .min(Comparator.comparingDouble(i -> answers[i][label])).orElseThrow();
            if (answers[best][label] >= probabilities.apply(List.of(words))[0][label]) continue;
            words.set(place, candidates.get(best));
            replaced++;
            if (label != best(answers[best])) return new Attacked(List.copyOf(words), replaced, true);
        }
        return new Attacked(List.copyOf(words), replaced, label != best(probabilities.apply(List.of(words))[0]));
    }

    private List<Integer> byImportance(List<String> text, int label) {
        if (text.size() == 1) return List.of(0);
        var without = IntStream.range(0, text.size()).mapToObj(place -> {
            var rest = new ArrayList<>(text);
            rest.remove(place);
            return (List<String>) rest;
        }).toList();
        double[][] answers = probabilities.apply(without);
        return IntStream.range(0, text.size()).boxed()
                .sorted(Comparator.comparingDouble(place -> answers[place][label])).toList();
    }

    private static List<String> with(List<String> words, int place, String word) {
        var other = new ArrayList<>(words);
        other.set(place, word);
        return other;
    }

    private static int best(double... answers) {
        return IntStream.range(0, answers.length).boxed()
                .max(Comparator.comparingDouble(i -> answers[i])).orElseThrow();
    }

    /**
     * Neighbours by the cosine of words' vectors.
     *
     * @param vectors of each word, all of one length
     * @param count how many
     * @param least cosine that a neighbour has
     */
    public static Function<String, List<String>> nearest(Map<String, float[]> vectors, int count, double least) {
        Expect.that(!vectors.isEmpty(), "WordSubstitution.nearest", "at least one word", "none");
        var words = List.copyOf(vectors.keySet());
        var places = new HashMap<String, Integer>();
        for (String word : words) places.put(word, places.size());
        int width = vectors.get(words.getFirst()).length;
        var unit = new float[words.size() * width];
        for (int i = 0; i < words.size(); i++) {
            float[] vector = vectors.get(words.get(i));
            double length = Math.sqrt(IntStream.range(0, width).mapToDouble(d -> vector[d] * vector[d]).sum()) + 1e-12;
            for (int d = 0; d < width; d++) unit[i * width + d] = (float) (vector[d] / length);
        }
        return word -> {
            Integer place = places.get(word);
            if (place == null) return List.of();
            try (var _ = Scope.open()) {
                var all = Tensor.of(unit, words.size(), width);
                var cosines = all.matmul(all.select(0, place)).to(DType.FLOAT64).toDoubles();
                return IntStream.range(0, words.size()).boxed().filter(i -> i != place && cosines[i] >= least)
                        .sorted(Comparator.comparingDouble((Integer i) -> cosines[i]).reversed()).limit(count)
                        .map(words::get).toList();
            }
        };
    }
}
