package dev.merapi.speech.decode;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * How probable texts are by CTC as they are written symbol by symbol (Watanabe et al. 2017, "Hybrid CTC/Attention
 * Architecture for End-to-End Speech Recognition", algorithm 2): a beginning has the probability of all texts that
 * begin so, each of which has that of all ways through the frames that give it.
 */
public final class CtcPrefixScorer {
    private final float[][] rows;
    private final int classes;

    /** Of log-probabilities (frames, classes) of one recording; class 0 is the blank. */
    public CtcPrefixScorer(Tensor logProbabilities) {
        rows = CtcScores.of(logProbabilities).rows();
        classes = (int) logProbabilities.size(1);
    }

    /**
     * A text's beginning.
     *
     * @param last symbol, 0 if there is none
     * @param symbol log-probability that the first t frames give just it and end with its last symbol, t from 0 on
     * @param blank the same of those that end with a blank
     */
    public record Prefix(int last, double[] symbol, double[] blank) {
        private double ended(int t) { return CtcScores.logSum(symbol[t], blank[t]); }
    }

    /** Before the first symbol. */
    public Prefix begin() {
        var blank = new double[rows.length + 1];
        for (int t = 0; t < rows.length; t++) blank[t + 1] = blank[t] + rows[t][0];
        return new Prefix(0, never(), blank);
    }

    /** Behind one more symbol. */
    public Prefix after(Prefix at, int next) {
        var symbol = never();
        var blank = never();
        for (int t = 0; t < rows.length; t++) {
            symbol[t + 1] = CtcScores.logSum(symbol[t], mayBegin(at, next, t)) + rows[t][next];
            blank[t + 1] = CtcScores.logSum(blank[t], symbol[t]) + rows[t][0];
        }
        return new Prefix(next, symbol, blank);
    }

    /**
     * Log-probabilities of what may come next, by class: that all goes on with this symbol; at 0, that nothing follows.
     */
    public double[] next(Prefix at) {
        var scores = new double[classes];
        for (int c = 1; c < classes; c++) scores[c] = begun(at, c);
        scores[0] = at.ended(rows.length);
        return scores;
    }

    /** The sum over the frames in which the symbol may begin. */
    private double begun(Prefix at, int next) {
        var ways = new double[rows.length];
        double most = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < rows.length; t++) {
            ways[t] = mayBegin(at, next, t) + rows[t][next];
            most = Math.max(most, ways[t]);
        }
        if (most == Double.NEGATIVE_INFINITY) return most;
        double sum = 0;
        for (double way : ways) sum += Math.exp(way - most);
        return most + Math.log(sum);
    }

    /** That the beginning is complete after so many frames, with a blank before a symbol that repeats its last. */
    private static double mayBegin(Prefix at, int next, int t) { return next == at.last ? at.blank[t] : at.ended(t); }

    private double[] never() {
        var never = new double[rows.length + 1];
        Arrays.fill(never, Double.NEGATIVE_INFINITY);
        return never;
    }
}
