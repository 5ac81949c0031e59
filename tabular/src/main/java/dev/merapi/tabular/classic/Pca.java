package dev.merapi.tabular.classic;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * Principal components: the directions in which rows differ most, by a singular value decomposition (Pearson 1901). As
 * scikit-learn's {@code PCA}; the sign of a direction is such that its greatest weight is positive.
 *
 * <pre>{@code
 * var x = preprocessing.apply(train).numbers();                               // (N, D), scaled
 * var pca = Pca.fit(x, 2);
 * var points = pca.transform(x);                                              // (N, 2)
 * }</pre>
 */
public final class Pca {
    private final int width;
    private final int count;
    private final double[] mean; // (D)
    private final double[] components; // (count, D)
    private final double[] shares;

    private Pca(int width, int count, double[] mean, double[] components, double[] shares) {
        this.width = width;
        this.count = count;
        this.mean = mean;
        this.components = components;
        this.shares = shares;
    }

    /**
     * The first {@code count} components of rows (N, D).
     *
     * @throws IllegalArgumentException for fewer than 2 rows, or more components than rows or columns
     */
    public static Pca fit(Tensor x, int count) {
        if (x.rank() != 2 || x.size(0) < 2) {
            throw new IllegalArgumentException("Pca.fit: expected at least 2 rows (N, D). Received " + x.describe());
        }
        long most = Math.min(x.size(0), x.size(1));
        Expect.that(count >= 1 && count <= most, "Pca.fit: count", "from 1 to " + most, count);
        try (var _ = Scope.open()) {
            var rows = x.to(DType.FLOAT64);
            var mean = rows.mean(0);
            var svd = Tensor.callAll("linalg_svd", "", rows.sub(mean), false, null);
            double[] sizes = svd[1].toDoubles();
            int width = (int) x.size(1);
            double[] v = svd[2].narrow(0, 0, count).toDoubles();
            for (int c = 0; c < count; c++) turn(v, c * width, width);
            double all = 0;
            for (double size : sizes) all += size * size;
            var shares = new double[count];
            for (int c = 0; c < count; c++) shares[c] = all == 0 ? 0 : sizes[c] * sizes[c] / all;
            return new Pca(width, count, mean.toDoubles(), v, shares);
        }
    }

    private static void turn(double[] v, int from, int width) {
        int greatest = from;
        for (int i = from; i < from + width; i++) if (Math.abs(v[i]) > Math.abs(v[greatest])) greatest = i;
        if (v[greatest] >= 0) return;
        for (int i = from; i < from + width; i++) v[i] = -v[i];
    }

    /** Of each component its share of the variance of all. */
    public double[] shares() { return shares.clone(); }

    /** The directions (count, D), float64, each of length 1. */
    public Tensor components() { return Tensor.of(components, count, width); }

    /** Rows (N, D) along the components: (N, count), of the rows' type. */
    public Tensor transform(Tensor x) {
        expect(x, width, "D", "transform");
        try (var scope = Scope.open()) {
            return scope.keep(x.to(DType.FLOAT64).sub(Tensor.of(mean)).matmul(components().mT()).to(x.dtype()));
        }
    }

    /** The rows (N, D) that have these places (N, count) along the components. */
    public Tensor inverse(Tensor places) {
        expect(places, count, "components", "inverse");
        try (var scope = Scope.open()) {
            return scope.keep(places.to(DType.FLOAT64).matmul(components()).add(Tensor.of(mean)).to(places.dtype()));
        }
    }

    private static void expect(Tensor x, int columns, String name, String where) {
        if (x.rank() == 2 && x.size(1) == columns) return;
        throw new IllegalArgumentException("Pca." + where + ": expected (N, " + name + "), here (N, " + columns
                + "). Received " + x.describe());
    }
}
