package dev.merapi.speech.synthesis;

/**
 * How far two sounds of one text are apart (Kubichek 1993, "Mel-cepstral distance measure for objective speech quality
 * assessment"): the mean over pairs of frames of 10 / ln 10 · √(2 Σ (c_k − c'_k)²) decibels, k from 1 to 13. The
 * cepstra are <i>c_k = 2 / M Σ log |X_m| cos(π k (m + ½) / M)</i> over the M mel bands' magnitudes; c₀, which is
 * loudness, does not count. The pairs are those of dynamic time warping: the way through both sounds, a frame further
 * in one or both at each step, whose sum of distances is least.
 */
final class MelCepstralDistortion {
    private static final int ORDER = 13; // coefficients, without the first, which is loudness
    private static final double DECIBELS = 10 / Math.log(10) * Math.sqrt(2);

    private MelCepstralDistortion() {}

    /**
     * Of logarithms of energies, frame by frame.
     *
     * @param a (T, bands)
     * @param b (T', bands)
     */
    static double between(float[][] a, float[][] b) {
        double[][] x = cepstra(a), y = cepstra(b);
        var total = new double[x.length][y.length];
        var steps = new int[x.length][y.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                double best = i == 0 && j == 0 ? 0 : Double.POSITIVE_INFINITY;
                int before = 0;
                for (int step = 0; step < 3; step++) {
                    int k = i - (step == 1 ? 0 : 1), l = j - (step == 0 ? 0 : 1);
                    if (k < 0 || l < 0 || total[k][l] >= best) continue;
                    best = total[k][l];
                    before = steps[k][l];
                }
                total[i][j] = best + distance(x[i], y[j]);
                steps[i][j] = before + 1;
            }
        }
        return DECIBELS * total[x.length - 1][y.length - 1] / steps[x.length - 1][y.length - 1];
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.sqrt(sum);
    }

    /** Cosine transforms of the logarithms of magnitudes, which are half those of energies. */
    private static double[][] cepstra(float[][] logs) {
        int bands = logs[0].length, order = Math.min(ORDER, bands - 1);
        var all = new double[logs.length][order];
        for (int t = 0; t < logs.length; t++) {
            for (int k = 1; k <= order; k++) {
                double sum = 0;
                for (int m = 0; m < bands; m++) sum += logs[t][m] / 2 * Math.cos(Math.PI * k * (m + 0.5) / bands);
                all[t][k - 1] = sum * 2 / bands;
            }
        }
        return all;
    }
}
