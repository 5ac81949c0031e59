package dev.merapi.speech.synthesis;

import dev.merapi.tensor.Expect;

/**
 * The likeliest way to share frames out among symbols, in order, one at least to each (Kim et al. 2020, Glow-TTS,
 * arXiv:2005.11129, section 3.1).
 */
final class MonotonicSearch {
    private MonotonicSearch() {}

    /**
     * The symbol of each frame.
     *
     * @param scores log-probabilities of symbols, a row of {@code stride} for each frame, from {@code offset} on
     */
    static int[] best(float[] scores, int offset, int stride, int frames, int symbols) {
        Expect.that(symbols >= 1 && frames >= symbols, "MonotonicSearch", "a frame at least for each of " + symbols
                + " symbols", frames);
        var total = new double[frames][symbols];
        for (int t = 0; t < frames; t++) {
            for (int s = 0; s < symbols; s++) {
                double stay = t > 0 && s < t ? total[t - 1][s] : Double.NEGATIVE_INFINITY;
                double come = t > 0 && s > 0 ? total[t - 1][s - 1] : Double.NEGATIVE_INFINITY;
                double before = t == 0 ? s == 0 ? 0 : Double.NEGATIVE_INFINITY : Math.max(stay, come);
                total[t][s] = before + scores[offset + t * stride + s];
            }
        }
        var path = new int[frames];
        int at = symbols - 1;
        for (int t = frames - 1; t >= 0; t--) {
            path[t] = at;
            boolean comes = t > 0 && at > 0 && (at == t || total[t - 1][at - 1] >= total[t - 1][at]);
            if (comes) at--;
        }
        return path;
    }
}
