package dev.merapi.speech.decode;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The most probable texts of CTC scores: all ways through the frames that give a text count together, the best texts so
 * far are kept (Hannun et al. 2014, arXiv:1408.2873). A language model may weigh words, at each space and at the end,
 * and hot words get a bonus.
 *
 * <p>The score of a text is log p(sound) + {@code weight} · ln p(words) + {@code bonus} · number of words.
 */
public final class PrefixBeamSearch {
    private static final double LN10 = Math.log(10);

    private final Alphabet alphabet;
    private final int beam;
    private final NGramModel model; // or null
    private final double weight;
    private final double bonus;
    private final Set<String> hotWords;
    private final double hotBonus;

    /**
     * Without a language model.
     *
     * @param beam texts that are kept at each frame
     * @throws IllegalArgumentException for a beam below 1
     */
    public PrefixBeamSearch(Alphabet alphabet, int beam) { this(alphabet, beam, null, 0, 0, Set.of(), 0); }

    private PrefixBeamSearch(Alphabet alphabet, int beam, NGramModel model, double weight, double bonus,
            Set<String> hotWords, double hotBonus) {
        Expect.atLeast("PrefixBeamSearch.beam", 1, beam);
        Expect.atLeast("PrefixBeamSearch.weight", 0, weight);
        this.alphabet = alphabet;
        this.beam = beam;
        this.model = model;
        this.weight = weight;
        this.bonus = bonus;
        this.hotWords = hotWords;
        this.hotBonus = hotBonus;
    }

    /**
     * The same with a language model of words.
     *
     * @param weight of the model's natural logarithms
     * @param bonus for each word, since a model favours few
     */
    public PrefixBeamSearch model(NGramModel model, double weight, double bonus) {
        return new PrefixBeamSearch(alphabet, beam, model, weight, bonus, hotWords, hotBonus);
    }

    /** The same that favours these words by a bonus each time. */
    public PrefixBeamSearch hotWords(Set<String> words, double bonus) {
        return new PrefixBeamSearch(alphabet, beam, model, weight, this.bonus,
                words.stream().map(word -> word.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()), bonus);
    }

    /** A text so far: how probable it is with a blank at its end, and with its last symbol. */
    private static final class Prefix {
        final Prefix parent;
        final int last;
        final Map<Integer, Prefix> children = new HashMap<>();
        final double words; // the score of its complete words
        final List<String> context; // the last complete words
        double blank = Double.NEGATIVE_INFINITY;
        double symbol = Double.NEGATIVE_INFINITY;
        double nextBlank = Double.NEGATIVE_INFINITY;
        double nextSymbol = Double.NEGATIVE_INFINITY;
        int frame = -1; // in which something came to it last

        Prefix(Prefix parent, int last, double words, List<String> context) {
            this.parent = parent;
            this.last = last;
            this.words = words;
            this.context = context;
        }

        double acoustic() { return CtcScores.logSum(blank, symbol); }

        double score() { return acoustic() + words; }
    }

    /** The best text. */
    public Hypothesis best(Tensor logProbabilities) { return search(logProbabilities).getFirst(); }

    /** The best texts of log-probabilities (frames, classes), at most as many as the beam is wide, best first. */
    public List<Hypothesis> search(Tensor logProbabilities) {
        var root = new Prefix(null, 0, 0, model == null ? List.of() : model.begin());
        root.blank = 0;
        List<Prefix> kept = List.of(root);
        float[][] rows = CtcScores.of(logProbabilities).rows();
        for (int t = 0; t < rows.length; t++) kept = step(kept, rows[t], t);
        return kept.stream().map(this::finished)
                .sorted(Comparator.comparingDouble((Hypothesis h) -> -h.score())).toList();
    }

    private List<Prefix> step(List<Prefix> kept, float[] row, int frame) {
        var touched = new ArrayList<Prefix>();
        for (var prefix : kept) {
            touch(prefix, frame, touched);
            prefix.nextBlank = CtcScores.logSum(prefix.nextBlank, prefix.acoustic() + row[0]);
            if (prefix.last != 0) {
                prefix.nextSymbol = CtcScores.logSum(prefix.nextSymbol, prefix.symbol + row[prefix.last]);
            }
            for (int c = 1; c < row.length; c++) {
                double from = c == prefix.last ? prefix.blank : prefix.acoustic(); // a repeated one needs a blank
                if (from == Double.NEGATIVE_INFINITY) continue;
                int symbol = c;
                var longer = prefix.children.computeIfAbsent(c, _ -> child(prefix, symbol));
                touch(longer, frame, touched);
                longer.nextSymbol = CtcScores.logSum(longer.nextSymbol, from + row[c]);
            }
        }
        for (var prefix : kept) prefix.blank = prefix.symbol = Double.NEGATIVE_INFINITY; // unless it is kept again
        for (var prefix : touched) {
            prefix.blank = prefix.nextBlank;
            prefix.symbol = prefix.nextSymbol;
            prefix.nextBlank = prefix.nextSymbol = Double.NEGATIVE_INFINITY;
        }
        touched.sort(Comparator.comparingDouble((Prefix p) -> -p.score()));
        for (var gone : touched.subList(Math.min(beam, touched.size()), touched.size())) {
            gone.blank = gone.symbol = Double.NEGATIVE_INFINITY;
            if (gone.parent != null && gone.children.isEmpty()) gone.parent.children.remove(gone.last);
        }
        return List.copyOf(touched.subList(0, Math.min(beam, touched.size())));
    }

    private static void touch(Prefix prefix, int frame, List<Prefix> touched) {
        if (prefix.frame == frame) return;
        prefix.frame = frame;
        touched.add(prefix);
    }

    private Prefix child(Prefix prefix, int symbol) {
        if (symbol != alphabet.space()) return new Prefix(prefix, symbol, prefix.words, prefix.context);
        String word = lastWord(prefix);
        if (word.isEmpty()) return new Prefix(prefix, symbol, prefix.words, prefix.context);
        return new Prefix(prefix, symbol, prefix.words + wordScore(prefix.context, word),
                model == null ? prefix.context : model.after(prefix.context, word));
    }

    private double wordScore(List<String> context, String word) {
        double score = hotWords.contains(word.toLowerCase(Locale.ROOT)) ? hotBonus : 0;
        return model == null ? score : score + weight * LN10 * model.log10(context, word) + bonus;
    }

    private String lastWord(Prefix prefix) {
        var ids = new ArrayList<Integer>();
        for (var p = prefix; p.parent != null && p.last != alphabet.space(); p = p.parent) ids.add(p.last);
        return alphabet.decode(ids.reversed().stream().mapToLong(Integer::longValue).toArray());
    }

    /** With the last word, and the end, weighed too. */
    private Hypothesis finished(Prefix prefix) {
        var ids = new ArrayList<Integer>();
        for (var p = prefix; p.parent != null; p = p.parent) ids.add(p.last);
        long[] found = ids.reversed().stream().mapToLong(Integer::longValue).toArray();
        String word = lastWord(prefix);
        double words = prefix.words + (word.isEmpty() ? 0 : wordScore(prefix.context, word));
        if (model != null) {
            var context = word.isEmpty() ? prefix.context : model.after(prefix.context, word);
            words += weight * LN10 * model.log10(context, NGramModel.END);
        }
        return new Hypothesis(alphabet.decode(found), found, prefix.acoustic() + words, prefix.acoustic());
    }
}
