package dev.merapi.tabular.classic;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.tribuo.Model;
import org.tribuo.clustering.ClusterID;
import org.tribuo.clustering.ClusteringFactory;
import org.tribuo.clustering.hdbscan.HdbscanModel;
import org.tribuo.clustering.hdbscan.HdbscanTrainer;
import org.tribuo.clustering.kmeans.KMeansModel;
import org.tribuo.clustering.kmeans.KMeansTrainer;
import org.tribuo.math.distance.L2Distance;
import org.tribuo.math.neighbour.NeighboursQueryFactoryType;

/**
 * Groups of rows that lie near each other, found without a target, by Tribuo.
 *
 * <pre>{@code
 * var x = preprocessing.apply(train).numbers();                               // (N, D), scaled
 * var clusters = Clusters.kMeans(x, 3, 1337);
 * int[] of = clusters.of(x);                                                  // 0, 1 or 2 for each row
 * }</pre>
 *
 * Distances are Euclidean: columns of a greater scale count more, so scale them.
 */
public final class Clusters {
    /** Of a row that belongs to no cluster. */
    public static final int NOISE = -1;

    private static final int TRIBUO_NOISE = 0; // its other labels follow
    private static final int ITERATIONS = 300;

    private final Model<ClusterID> model;
    private final int width;
    private final int[] fitted;
    private final int offset; // of Tribuo's ids

    private Clusters(Model<ClusterID> model, int width, int[] fitted, int offset) {
        this.model = model;
        this.width = width;
        this.fitted = fitted;
        this.offset = offset;
    }

    /**
     * k clusters, each the rows that are nearest to its mean, by Lloyd's iterations from k-means++ (Arthur and
     * Vassilvitskii 2007).
     *
     * @param x (N, D), finite
     * @throws IllegalArgumentException for fewer rows than clusters
     */
    public static Clusters kMeans(Tensor x, int k, long seed) {
        var rows = rows(x, "Clusters.kMeans");
        Expect.that(k >= 1 && k <= x.size(0), "Clusters.kMeans: k", "from 1 to the " + x.size(0) + " rows", k);
        var model = new KMeansTrainer(k, ITERATIONS, new L2Distance(), KMeansTrainer.Initialisation.PLUSPLUS, 1, seed)
                .train(TribuoRows.dataset(TribuoRows.examples(rows, _ -> ClusteringFactory.UNASSIGNED_CLUSTER_ID),
                        new ClusteringFactory()));
        var clusters = new Clusters(model, rows.width(), null, 0);
        return new Clusters(model, rows.width(), clusters.predict(rows), 0);
    }

    /**
     * As many clusters as there are dense regions; rows between them are {@link #NOISE} (HDBSCAN, Campello, Moulavi and
     * Sander 2013). Its time grows with the square of the rows.
     *
     * @param x (N, D), finite
     * @param least rows of a cluster, at least 2; density is measured by the distance to as many neighbours
     */
    public static Clusters hdbscan(Tensor x, int least) {
        var rows = rows(x, "Clusters.hdbscan");
        Expect.that(least >= 2 && least <= x.size(0), "Clusters.hdbscan: least", "from 2 to the " + x.size(0) + " rows",
                least);
        var model = new HdbscanTrainer(least, new L2Distance(), least, 1, NeighboursQueryFactoryType.KD_TREE)
                .train(TribuoRows.dataset(TribuoRows.examples(rows, _ -> ClusteringFactory.UNASSIGNED_CLUSTER_ID),
                        new ClusteringFactory()));
        int[] labels = model.getClusterLabels().stream().mapToInt(Integer::intValue).toArray();
        int offset = Arrays.stream(labels).filter(label -> label != TRIBUO_NOISE).min().orElse(1);
        return new Clusters(model, rows.width(), Arrays.stream(labels)
                .map(label -> label == TRIBUO_NOISE ? NOISE : label - offset).toArray(),
                offset);
    }

    private static SparseRows rows(Tensor x, String where) {
        if (x.rank() != 2 || x.size(0) == 0 || x.size(1) == 0) {
            throw new IllegalArgumentException(where + ": expected rows (N, D). Received " + x.describe());
        }
        float[] cells = x.toFloats();
        int width = (int) x.size(1);
        for (int i = 0; i < cells.length; i++) {
            if (Float.isFinite(cells[i])) continue;
            throw new IllegalArgumentException(where + ": expected a number in each cell. Received " + cells[i]
                    + " in row " + i / width + "; a preprocessing fills what is missing.");
        }
        return SparseRows.of(cells, width);
    }

    /** Of each row that was learnt from its cluster, from 0, or {@link #NOISE}. */
    public int[] fitted() { return fitted.clone(); }

    /** Number of clusters. */
    public int count() { return Arrays.stream(fitted).max().orElse(NOISE) + 1; }

    /** The cluster of each of other rows (N, D): of k-means the nearest mean's, of HDBSCAN the nearest core's. */
    public int[] of(Tensor x) {
        if (x.rank() != 2 || x.size(1) != width) {
            throw new IllegalArgumentException("Clusters.of: expected rows (N, " + width + "), as they were learnt"
                    + " from. Received " + x.describe());
        }
        return predict(rows(x, "Clusters.of"));
    }

    private int[] predict(SparseRows rows) {
        var clusters = new int[rows.size()];
        int row = 0;
        for (var example : TribuoRows.examples(rows, _ -> ClusteringFactory.UNASSIGNED_CLUSTER_ID)) {
            int id = model.predict(example).getOutput().getID();
            boolean noise = model instanceof HdbscanModel && id == TRIBUO_NOISE;
            clusters[row++] = noise ? NOISE : id - offset;
        }
        return clusters;
    }

    /**
     * The clusters' means (k, D).
     *
     * @throws IllegalStateException for clusters of HDBSCAN, which need not be round
     */
    public double[][] means() {
        if (!(model instanceof KMeansModel kMeans)) {
            throw new IllegalStateException("Clusters.means: expected clusters of k-means. Received HDBSCAN's.");
        }
        return List.of(kMeans.getCentroidVectors()).stream()
                .map(vector -> Arrays.copyOf(vector.toArray(), width)).toArray(double[][]::new); // without the last 1
    }
}
