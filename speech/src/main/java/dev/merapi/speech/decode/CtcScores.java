package dev.merapi.speech.decode;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Log-probabilities of each class in each frame, of one recording; class 0 is the blank.
 *
 * @param rows (frames, classes)
 */
record CtcScores(float[][] rows) {
    static CtcScores of(Tensor logProbabilities) {
        Expect.that(logProbabilities.rank() == 2, "CTC", "log-probabilities (frames, classes)",
                logProbabilities.describe());
        int frames = (int) logProbabilities.size(0), classes = (int) logProbabilities.size(1);
        float[] flat = logProbabilities.toFloats();
        var rows = new float[frames][classes];
        for (int t = 0; t < frames; t++) System.arraycopy(flat, t * classes, rows[t], 0, classes);
        return new CtcScores(rows);
    }

    int frames() { return rows.length; }

    int classes() { return rows.length == 0 ? 0 : rows[0].length; }

    static double logSum(double a, double b) {
        double most = Math.max(a, b);
        return most == Double.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
    }
}
