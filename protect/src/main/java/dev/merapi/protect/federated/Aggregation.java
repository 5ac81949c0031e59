package dev.merapi.protect.federated;

import java.util.Arrays;
import java.util.List;

/** How the clients' changes become one. All but the mean stand some clients that send what they like. */
public enum Aggregation {
    /** The mean, by numbers of samples. */
    MEAN,
    /** The median of each number (Yin et al. 2018, arXiv:1803.01498). */
    MEDIAN,
    /** The mean of each number without the fifth of the clients at either end (Yin et al. 2018). */
    TRIMMED_MEAN,
    /**
     * The change of the client that is nearest to its neighbours, all but a fifth and two of the others (Blanchard et
     * al. 2017, arXiv:1703.02757).
     */
    KRUM;

    private static final double WRONG = 0.2; // share of the clients that may be

    /** @param weights of the clients, for the mean alone */
    float[] combine(List<float[]> changes, double[] weights) {
        return switch (this) {
            case MEAN -> mean(changes, weights);
            case MEDIAN -> middle(changes, (changes.size() - 1) / 2);
            case TRIMMED_MEAN -> middle(changes, Math.min((changes.size() - 1) / 2,
                    (int) Math.ceil(WRONG * changes.size())));
            case KRUM -> changes.get(krum(changes));
        };
    }

    static float[] mean(List<float[]> changes, double[] weights) {
        var sum = new double[changes.getFirst().length];
        double all = Arrays.stream(weights).sum();
        for (int c = 0; c < weights.length; c++) {
            float[] x = changes.get(c);
            for (int i = 0; i < sum.length; i++) sum[i] += weights[c] * x[i];
        }
        var mean = new float[sum.length];
        for (int i = 0; i < sum.length; i++) mean[i] = (float) (sum[i] / all);
        return mean;
    }

    /** The mean of each number without as many clients as {@code cut} at either end. */
    private static float[] middle(List<float[]> changes, int cut) {
        var result = new float[changes.getFirst().length];
        var column = new float[changes.size()];
        for (int i = 0; i < result.length; i++) {
            for (int c = 0; c < column.length; c++) column[c] = changes.get(c)[i];
            Arrays.sort(column);
            double sum = 0;
            for (int c = cut; c < column.length - cut; c++) sum += column[c];
            result[i] = (float) (sum / (column.length - 2 * cut));
        }
        return result;
    }

    private static int krum(List<float[]> changes) {
        int n = changes.size();
        int near = Math.max(1, n - (int) Math.ceil(WRONG * n) - 2);
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int a = 0; a < n; a++) {
            var distances = new double[n];
            for (int b = 0; b < n; b++) distances[b] = a == b ? Double.POSITIVE_INFINITY
                    : distance(changes.get(a), changes.get(b));
            double score = Arrays.stream(distances).sorted().limit(Math.min(near, n - 1)).sum();
            if (score < least) {
                least = score;
                best = a;
            }
        }
        return best;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
