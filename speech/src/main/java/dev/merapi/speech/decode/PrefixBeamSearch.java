package dev.merapi.speech.decode;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The most probable texts of CTC scores: all ways through the frames that give a text count together, the best texts so
 * far are kept (Hannun et al. 2014, arXiv:1408.2873). The language model weighs words at each space and at the end.
 */
public final class PrefixBeamSearch {
    private final Alphabet alphabet;
    private final int beam;
    private final WordScorer scorer;

    /** That keeps so many texts at each frame as the options say, and weighs words as they do. */
    public PrefixBeamSearch(Alphabet alphabet, DecodeOptions options) {
        this.alphabet = alphabet;
        beam = options.beam();
        scorer = new WordScorer(options);
    }

    /** A text so far: how probable it is with a blank at its end, and with its last symbol. */
    private static final class Prefix {
        final Prefix parent;
        final int last;
        final Map<Integer, Prefix> children = new HashMap<>();
        final WordScorer.State words; // behind its complete words
        double blank = Double.NEGATIVE_INFINITY;
        double symbol = Double.NEGATIVE_INFINITY;
        double nextBlank = Double.NEGATIVE_INFINITY;
        double nextSymbol = Double.NEGATIVE_INFINITY;
        int frame = -1; // in which something came to it last

        Prefix(Prefix parent, int last, WordScorer.State words) {
            this.parent = parent;
            this.last = last;
            this.words = words;
        }

        double acoustic() { return CtcScores.logSum(blank, symbol); }

        double score() { return acoustic() + words.score(); }
    }

    /** The best text. */
    public Hypothesis best(Tensor logProbabilities) { return search(logProbabilities).getFirst(); }

    /** The best texts of log-probabilities (frames, classes), at most as many as the beam is wide, best first. */
    public List<Hypothesis> search(Tensor logProbabilities) {
        var root = new Prefix(null, 0, scorer.begin());
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
        boolean ends = symbol == alphabet.space();
        return new Prefix(prefix, symbol, ends ? scorer.after(prefix.words, lastWord(prefix)) : prefix.words);
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
        double words = scorer.end(scorer.after(prefix.words, lastWord(prefix)));
        return new Hypothesis(alphabet.decode(found), found, prefix.acoustic() + words, prefix.acoustic());
    }
}
