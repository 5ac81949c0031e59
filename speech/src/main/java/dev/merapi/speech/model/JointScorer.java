package dev.merapi.speech.model;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.CtcPrefixScorer;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.speech.decode.WordScorer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Compares texts that are written symbol by symbol: (1 − λ) · attention's log-probability + λ · CTC's of all that
 * begins so + what words add (Watanabe et al. 2017, "Hybrid CTC/Attention Architecture for End-to-End Speech
 * Recognition").
 *
 * <p>Attention alone finds short texts likelier than long ones: without CTC a whole text's score is divided by its
 * symbols, the end included. CTC knows how much was said, and the sum is taken.
 */
final class JointScorer {
    private final Alphabet alphabet;
    private final DecodeOptions options;
    private final WordScorer words;
    private final CtcPrefixScorer ctc; // null if λ is 0

    /** @param ctc of the recording, or null if the options have no part of it */
    JointScorer(Alphabet alphabet, DecodeOptions options, CtcPrefixScorer ctc) {
        this.alphabet = alphabet;
        this.options = options;
        this.ctc = ctc;
        words = new WordScorer(options);
    }

    /** A text so far. Its attention and that of CTC are natural logarithms; the row is that of its parent's state. */
    record Text(List<Long> ids, double attention, CtcPrefixScorer.Prefix prefix, double ctc, WordScorer.State words,
            int row) {
        long last() { return ids.isEmpty() ? 0 : ids.getLast(); }
    }

    /** A text that goes on with a symbol, or ends by 0. */
    record Grown(Text before, int symbol, double attention, double ctc, WordScorer.State words, double score, int row) {
        boolean ends() { return symbol == 0; }
    }

    /** Before the first symbol. */
    Text begin() { return new Text(List.of(), 0, ctc == null ? null : ctc.begin(), 0, words.begin(), 0); }

    /**
     * What may become of texts, best first, at most as many as the beam is wide.
     *
     * @param logs attention's log-probabilities of each text's next symbol, text by text
     */
    List<Grown> grown(List<Text> texts, float[] logs) {
        int classes = alphabet.classes();
        var grown = new ArrayList<Grown>();
        for (int row = 0; row < texts.size(); row++) {
            var text = texts.get(row);
            double[] next = ctc == null ? new double[classes] : ctc.next(text.prefix);
            for (int c = 0; c < classes; c++) {
                if (next[c] == Double.NEGATIVE_INFINITY) continue; // more symbols than frames
                grown.add(grown(text, c, text.attention + logs[row * classes + c], next[c], row));
            }
        }
        grown.sort(Comparator.comparingDouble((Grown g) -> -g.score));
        return grown.subList(0, Math.min(options.beam(), grown.size()));
    }

    private Grown grown(Text text, int symbol, double attention, double byCtc, int row) {
        boolean wordEnds = symbol == 0 || symbol == alphabet.space();
        var state = wordEnds ? words.after(text.words, lastWord(text.ids)) : text.words;
        double said = symbol == 0 ? words.end(state) : state.score();
        return new Grown(text, symbol, attention, byCtc, state, acoustic(attention, byCtc) + said, row);
    }

    private double acoustic(double attention, double byCtc) {
        return (1 - options.ctc()) * attention + options.ctc() * byCtc;
    }

    private String lastWord(List<Long> ids) {
        int from = ids.lastIndexOf((long) alphabet.space()) + 1;
        return alphabet.decode(ids.subList(from, ids.size()).stream().mapToLong(Long::longValue).toArray());
    }

    /** To be followed further. */
    Text kept(Grown grown) {
        var ids = new ArrayList<>(grown.before.ids);
        ids.add((long) grown.symbol);
        var prefix = ctc == null ? null : ctc.after(grown.before.prefix, grown.symbol);
        return new Text(ids, grown.attention, prefix, grown.ctc, grown.words, grown.row);
    }

    /** One that has ended. */
    Hypothesis whole(Grown ended) { return whole(ended.before.ids, ended.score, acoustic(ended.attention, ended.ctc)); }

    /** One that is cut off. */
    Hypothesis cutOff(Text text) {
        double acoustic = acoustic(text.attention, text.ctc);
        return whole(text.ids, acoustic + words.end(words.after(text.words, lastWord(text.ids))), acoustic);
    }

    private Hypothesis whole(List<Long> ids, double score, double acoustic) {
        long[] found = ids.stream().mapToLong(Long::longValue).toArray();
        return new Hypothesis(alphabet.decode(found), found, options.ctc() == 0 ? score / (found.length + 1) : score,
                acoustic);
    }
}
