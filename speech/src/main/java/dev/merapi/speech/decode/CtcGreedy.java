package dev.merapi.speech.decode;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;

/** The best class of each frame, repeated ones once, blanks left out: the fastest way to read CTC. */
public final class CtcGreedy {
    private final Alphabet alphabet;

    /** That writes these symbols. */
    public CtcGreedy(Alphabet alphabet) { this.alphabet = alphabet; }

    /**
     * The text of log-probabilities (frames, classes). Its score is that of its most probable way through the frames.
     */
    public Hypothesis best(Tensor logProbabilities) {
        var scores = CtcScores.of(logProbabilities);
        var ids = new ArrayList<Long>();
        double score = 0;
        int before = 0;
        for (float[] row : scores.rows()) {
            int best = 0;
            for (int c = 1; c < row.length; c++) if (row[c] > row[best]) best = c;
            score += row[best];
            if (best != before && best != 0) ids.add((long) best);
            before = best;
        }
        long[] found = ids.stream().mapToLong(Long::longValue).toArray();
        return new Hypothesis(alphabet.decode(found), found, score, score);
    }
}
