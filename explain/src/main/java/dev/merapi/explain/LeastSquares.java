package dev.merapi.explain;

import dev.merapi.tensor.Expect;

/** Weighted least squares with a penalty on squares (ridge regression), of a few hundred unknowns, in double. */
public final class LeastSquares {
    private LeastSquares() {}

    /**
     * The w that minimises {@code Σ weight · (row · w - y)² + ridge · Σ w²}.
     *
     * @param rows (n × unknowns)
     * @param ridge for each unknown; 0 for none
     * @throws IllegalArgumentException if the rows do not determine it
     */
    public static double[] solve(double[][] rows, double[] y, double[] weights, double[] ridge) {
        int unknowns = ridge.length;
        var a = new double[unknowns][unknowns]; // Xᵀ W X + ridge
        var b = new double[unknowns];
        for (int n = 0; n < rows.length; n++) {
            for (int i = 0; i < unknowns; i++) {
                double scaled = weights[n] * rows[n][i];
                if (scaled == 0) continue;
                for (int j = 0; j <= i; j++) a[i][j] += scaled * rows[n][j];
                b[i] += scaled * y[n];
            }
        }
        for (int i = 0; i < unknowns; i++) a[i][i] += ridge[i];
        return cholesky(a, b);
    }

    /** Solves a w = b for a positive definite matrix, of which the lower half is read, and overwritten. */
    private static double[] cholesky(double[][] a, double[] b) {
        int n = b.length;
        for (int i = 0; i < n; i++) {
            double before = a[i][i];
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
                if (i == j) {
                    Expect.that(sum > before * 1e-13, "LeastSquares", "rows that determine each unknown; take more"
                            + " samples", "too few for unknown " + i);
                    a[i][i] = Math.sqrt(sum);
                } else {
                    a[i][j] = sum / a[j][j];
                }
            }
        }
        var w = b.clone();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) w[i] -= a[i][k] * w[k];
            w[i] /= a[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) w[i] -= a[k][i] * w[k];
            w[i] /= a[i][i];
        }
        return w;
    }
}
