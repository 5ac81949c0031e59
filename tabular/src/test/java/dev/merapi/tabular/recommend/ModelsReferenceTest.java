package dev.merapi.tabular.recommend;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Losses and gradients against formulas written out over single numbers, in double precision; the formulas' gradients
 * are their central differences.
 */
class ModelsReferenceTest {
    private static final int DIM = 3;

    private final Interactions train = Ratings.small();
    private Scope scope;
    private Guard doubles;

    @BeforeEach void open() {
        scope = Scope.open();
        doubles = Torch.on(Device.CPU, DType.FLOAT64);
        Torch.seed(7);
    }

    @AfterEach void close() {
        doubles.close();
        scope.close();
    }

    /** Users 0, 2, 2; what they had: 1, 0, 4; what was drawn: 3 and 4, 2 and 2, 2 and 2. */
    private static RankingBatch.Pairs pairs() {
        return new RankingBatch.Pairs(Tensor.of(new long[] {0, 2, 2}),
                Tensor.of(new long[] {1, 3, 4, 0, 2, 2, 4, 2, 2}, 3, 3),
                Tensor.of(new double[] {4, 2.5, 5}));
    }

    private static final int[] USERS = {0, 2, 2};
    private static final int[][] ITEMS = {{1, 3, 4}, {0, 2, 2}, {4, 2, 2}};

    /** A score by weights. */
    private interface Score {
        double of(Map<String, double[]> weights, int user, int item);
    }

    private static double bpr(Score score, Map<String, double[]> w) {
        double sum = 0;
        for (int b = 0; b < 3; b++) {
            for (int n = 1; n < 3; n++) {
                double above = score.of(w, USERS[b], ITEMS[b][0]) - score.of(w, USERS[b], ITEMS[b][n]);
                sum += Math.log1p(Math.exp(-above));
            }
        }
        return sum / 6;
    }

    private static double logistic(Score score, Map<String, double[]> w) {
        double sum = 0;
        for (int b = 0; b < 3; b++) {
            for (int n = 0; n < 3; n++) {
                double s = score.of(w, USERS[b], ITEMS[b][n]);
                sum += Math.log1p(Math.exp(n == 0 ? -s : s));
            }
        }
        return sum / 9;
    }

    /** λ/2 Σ w² / B over the rows that the batch names. */
    private static double penalty(Map<String, double[]> w, String users, String items, double lambda) {
        double sum = 0;
        for (int b = 0; b < 3; b++) {
            for (int d = 0; d < DIM; d++) sum += Math.pow(w.get(users)[USERS[b] * DIM + d], 2);
            for (int item : ITEMS[b]) for (int d = 0; d < DIM; d++) sum += Math.pow(w.get(items)[item * DIM + d], 2);
        }
        return lambda / 2 * sum / 3;
    }

    private static double dot(double[] a, int from, double[] b, int other, int dim) {
        double sum = 0;
        for (int d = 0; d < dim; d++) sum += a[from + d] * b[other + d];
        return sum;
    }

    private static void compare(RankingTask task, RankingBatch batch, ToDoubleFunction<Map<String, double[]>> byHand) {
        var weights = weights(task.model());
        var loss = task.forward(batch).loss();
        assertEquals(byHand.applyAsDouble(weights), loss.item(), 1e-10);
        loss.backward();
        task.model().params().forEach((name, param) -> {
            double[] w = weights.get(name), expected = new double[w.length];
            for (int i = 0; i < w.length; i++) {
                double was = w[i];
                w[i] = was + 1e-5;
                double more = byHand.applyAsDouble(weights);
                w[i] = was - 1e-5;
                expected[i] = (more - byHand.applyAsDouble(weights)) / 2e-5;
                w[i] = was;
            }
            assertArrayEquals(expected, param.grad().toDense().toDoubles(), 1e-8, name);
        });
    }

    private static Map<String, double[]> weights(Layer model) {
        var weights = new TreeMap<String, double[]>();
        model.params().forEach((name, param) -> weights.put(name, param.toDoubles()));
        return weights;
    }

    private static final Score PRODUCT = (w, u, i) -> dot(w.get("users"), u * DIM, w.get("items"), i * DIM, DIM);

    @Test void bprOfMatrixFactorization() {
        var model = new MatrixFactorization(3, 5, DIM);
        compare(RankingTask.of(model, train, Objective.BPR).l2(0.3), pairs(),
                w -> bpr(PRODUCT, w) + penalty(w, "users", "items", 0.3));
    }

    @Test void bprWithSparseGradients() {
        var model = new MatrixFactorization(3, 5, DIM).sparse();
        compare(RankingTask.of(model, train, Objective.BPR).l2(0.3), pairs(),
                w -> bpr(PRODUCT, w) + penalty(w, "users", "items", 0.3));
        assertTrue(model.params().get("items").grad().isSparse());
    }

    @Test void ratingsOfMatrixFactorizationWithBiases() {
        var model = new MatrixFactorization(3, 5, DIM, true, 3.5);
        double[] ratings = {4, 2.5, 5};
        compare(RankingTask.of(model, train, Objective.RATING), pairs(), w -> {
            double sum = 0;
            for (int b = 0; b < 3; b++) {
                double s = PRODUCT.of(w, USERS[b], ITEMS[b][0]) + w.get("user_bias")[USERS[b]]
                        + w.get("item_bias")[ITEMS[b][0]] + 3.5;
                sum += Math.pow(s - ratings[b], 2);
            }
            return sum / 3;
        });
    }

    @Test void logisticOfMatrixFactorizationWithBiases() {
        var model = new MatrixFactorization(3, 5, DIM, true, 0);
        compare(RankingTask.of(model, train, Objective.LOGISTIC), pairs(), w -> logistic((weights, u, i) ->
                PRODUCT.of(weights, u, i) + weights.get("user_bias")[u] + weights.get("item_bias")[i], w));
    }

    /** Â as plain numbers, from the interactions: (8, 8). */
    private double[][] graph() {
        var graph = new double[8][8];
        int[] counts = train.countsOfItems();
        for (int u = 0; u < 3; u++) {
            for (int i : train.itemsOf(u)) {
                graph[u][3 + i] = graph[3 + i][u] = 1 / Math.sqrt(train.count(u) * counts[i]);
            }
        }
        return graph;
    }

    private static double[][] times(double[][] a, double[][] b) {
        var product = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b[0].length; j++) {
                for (int k = 0; k < b.length; k++) product[i][j] += a[i][k] * b[k][j];
            }
        }
        return product;
    }

    /** (8, DIM) from the weights, by dense products. */
    private double[][] propagated(Map<String, double[]> w, List<Double> alphas) {
        var layer = new double[8][DIM];
        for (int row = 0; row < 8; row++) {
            for (int d = 0; d < DIM; d++) {
                layer[row][d] = row < 3 ? w.get("users")[row * DIM + d] : w.get("items")[(row - 3) * DIM + d];
            }
        }
        var sum = new double[8][DIM];
        for (double alpha : alphas) {
            for (int row = 0; row < 8; row++) for (int d = 0; d < DIM; d++) sum[row][d] += alpha * layer[row][d];
            layer = times(graph(), layer);
        }
        return sum;
    }

    @Test void lightGcnPropagatesAsDenseProductsDo() {
        var alphas = List.of(0.5, 0.2, 0.2, 0.1);
        var model = new LightGcn(train, DIM, alphas);
        double[] expected = Arrays.stream(propagated(weights(model), alphas)).flatMapToDouble(Arrays::stream).toArray();
        assertArrayEquals(expected, model.propagate().toDoubles(), 1e-12);
        doubles.close();
        var single = new LightGcn(train, DIM, 3);
        var quarter = List.of(0.25, 0.25, 0.25, 0.25);
        expected = Arrays.stream(propagated(weights(single), quarter)).flatMapToDouble(Arrays::stream).toArray();
        assertArrayEquals(expected, single.propagate().toDoubles(), 1e-6);
        doubles = Torch.on(Device.CPU, DType.FLOAT64);
    }

    @Test void bprOfLightGcn() {
        var model = new LightGcn(train, DIM, 2);
        var third = List.of(1 / 3.0, 1 / 3.0, 1 / 3.0);
        compare(RankingTask.of(model, train, Objective.BPR).l2(0.1), pairs(), w -> {
            var all = propagated(w, third);
            return bpr((_, u, i) -> dot(all[u], 0, all[3 + i], 0, DIM), w) + penalty(w, "users", "items", 0.1);
        });
    }

    @Test void logisticOfNeuMf() {
        var model = new NeuMf(3, 5, 2, List.of(4, 3), 0);
        compare(RankingTask.of(model, train, Objective.LOGISTIC), pairs(),
                w -> logistic(ModelsReferenceTest::neuMf, w));
    }

    private static double neuMf(Map<String, double[]> w, int user, int item) {
        var first = new double[4];
        for (int h = 0; h < 4; h++) {
            first[h] = Math.max(0, w.get("user_part.bias")[h] + dot(w.get("user_part.weight"), 2 * h, w.get("users"),
                    2 * user, 2) + dot(w.get("item_part.weight"), 2 * h, w.get("items"), 2 * item, 2));
        }
        double score = w.get("last.bias")[0];
        for (int d = 0; d < 2; d++) {
            score += w.get("last.weight")[d] * w.get("product_users")[2 * user + d]
                    * w.get("product_items")[2 * item + d];
        }
        for (int h = 0; h < 3; h++) {
            double second = w.get("hidden.1.bias")[h] + dot(w.get("hidden.1.weight"), 4 * h, first, 0, 4);
            score += w.get("last.weight")[2 + h] * Math.max(0, second);
        }
        return score;
    }

    @Test void inBatchSoftmaxOfTwoTowers() {
        var model = new TwoTower(new Tower(3, DIM, null, List.of()), new Tower(5, DIM, null, List.of()), 0.5);
        var batch = new RankingBatch.Pairs(Tensor.of(new long[] {0, 2, 1}), Tensor.of(new long[] {1, 0, 1}, 3, 1),
                Tensor.of(new double[] {1, 1, 1}));
        int[] users = {0, 2, 1}, items = {1, 0, 1};
        int[] counts = train.countsOfItems();
        compare(RankingTask.of(model, train, Objective.IN_BATCH), batch, w -> {
            double sum = 0;
            for (int b = 0; b < 3; b++) {
                double all = 0, own = 0;
                for (int other = 0; other < 3; other++) {
                    if (other != b && items[other] == items[b]) continue; // the user's too
                    double s = cosine(w.get("user.ids"), users[b], w.get("item.ids"), items[other]) / 0.5
                            - Math.log(counts[items[other]] / 9.0);
                    all += Math.exp(s);
                    if (other == b) own = s;
                }
                sum += Math.log(all) - own;
            }
            return sum / 3;
        });
    }

    private static double cosine(double[] a, int user, double[] b, int item) {
        return dot(a, user * DIM, b, item * DIM, DIM) / Math.sqrt(dot(a, user * DIM, a, user * DIM, DIM)
                * dot(b, item * DIM, b, item * DIM, DIM));
    }

    @Test void nextItemLossOfSasRec() {
        var model = new SasRec(train, new SasRec.Options(4, DIM, 1, 1, 0));
        var table = model.params().get("items");
        table.set(table.detach().mul(20)); // far from 0
        var batch = (RankingBatch.Sequences) new SequenceSamples(train, 4, 2).batch(new int[] {0, 2},
                new RandomGenerator[] {new SplittableRandom(1),
                    new SplittableRandom(2)});
        assertArrayEquals(new long[] {0, 0, 1, 2, 0, 1, 4, 5}, batch.items().toLongs());
        assertArrayEquals(new long[] {0, 0, 2, 3, 0, 4, 5, 2}, batch.next().toLongs());
        double[] states = model.encode(batch.items()).toDoubles();
        double[] items = model.params().get("items").toDoubles();
        long[] in = batch.items().toLongs(), next = batch.next().toLongs(), drawn = batch.drawn().toLongs();
        double had = 0, not = 0, all = 0;
        int places = 0;
        for (int t = 0; t < 8; t++) {
            if (in[t] == 0) continue;
            places++;
            had += Math.log1p(Math.exp(-dot(states, t * DIM, items, (int) next[t] * DIM, DIM)));
            for (int n = 0; n < 2; n++) {
                long other = drawn[2 * t + n];
                assertTrue(!train.has(t < 4 ? 0 : 2, (int) other - 1), "drawn " + other);
                not += Math.log1p(Math.exp(dot(states, t * DIM, items, (int) other * DIM, DIM))) / 2;
            }
            double sum = 0;
            for (int item = 1; item <= 5; item++) sum += Math.exp(dot(states, t * DIM, items, item * DIM, DIM));
            all += Math.log(sum) - dot(states, t * DIM, items, (int) next[t] * DIM, DIM);
        }
        assertEquals(5, places);
        var task = RankingTask.of(model, train, Objective.NEXT_ITEM);
        assertEquals((had + not) / places, task.forward(batch).loss().item(), 1e-10);
        var noneDrawn = new RankingBatch.Sequences(batch.items(), batch.next(), Tensor.zeros(DType.INT64, 2, 4, 0));
        assertEquals(all / places, task.forward(noneDrawn).loss().item(), 1e-10);
        assertGradients(task, batch);
    }

    /** By central differences of the loss itself: there is no short formula of a Transformer. */
    private static void assertGradients(RankingTask task, RankingBatch batch) {
        task.forward(batch).loss().backward();
        task.model().params().forEach((name, param) -> {
            double[] found = param.grad().toDoubles();
            var flat = param.detach().view(-1);
            for (int i = 0; i < found.length; i += 3) {
                try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                    var one = flat.narrow(0, i, 1);
                    one.add_(1e-5);
                    double more = task.forward(batch).loss().item();
                    one.add_(-2e-5);
                    double less = task.forward(batch).loss().item();
                    one.add_(1e-5);
                    assertEquals((more - less) / 2e-5, found[i], 1e-7, name + " " + i);
                }
            }
        });
    }

    @Test void sasRecLooksAtThePastAlone() {
        var model = new SasRec(train, new SasRec.Options(4, 6, 2, 2, 0));
        model.eval();
        var one = model.encode(Tensor.of(new long[] {0, 1, 2, 3}, 1, 4));
        var other = model.encode(Tensor.of(new long[] {0, 1, 2, 5}, 1, 4));
        assertTrue(one.narrow(1, 1, 2).allClose(other.narrow(1, 1, 2), 0, 1e-12));
        assertTrue(!one.select(1, 3).allClose(other.select(1, 3), 0, 1e-3));
        assertArrayEquals(model.vectorsOf(train.itemsOf(2)).toDoubles(),
                model.userVectors(Tensor.of(new long[] {2})).toDoubles(), 1e-12);
        assertArrayEquals(new long[] {3, 4}, SasRec.sequence(new int[] {0, 1, 2, 3}, 2));
    }

    @Test void neighboursAndTheirScores() {
        doubles.close();
        var model = ItemKnn.of(train, 5, 0.5);
        // users of items: i0 {0, 2}, i1 {0, 1, 2}, i2 {0}, i3 {1, 2}, i4 {2}
        double[][] users = {{1, 0, 1}, {1, 1, 1}, {1, 0, 0}, {0, 1, 1}, {0, 0, 1}};
        double[] expected = new double[5];
        for (int j = 0; j < 5; j++) {
            for (int i : new int[] {1, 3}) { // of user 1
                if (i == j) continue;
                double common = dot(users[i], 0, users[j], 0, 3);
                double lengths = Math.sqrt(dot(users[i], 0, users[i], 0, 3) * dot(users[j], 0, users[j], 0, 3));
                expected[j] += common / (lengths + 0.5);
            }
        }
        assertArrayEquals(expected, model.scores(Tensor.of(new long[] {1})).toDoubles(), 1e-6);
        var nearest = ItemKnn.of(train, 1, 0);
        assertEquals(1, nearest.tensors().get("neighbours").toLongs()[0]); // i0 · i1: 2 / √6, more than i2: 1 / √2
        doubles = Torch.on(Device.CPU, DType.FLOAT64);
    }

    @Test void allScoresAreThoseOfSingleItems() {
        var models = List.of(new MatrixFactorization(3, 5, DIM, true, 1), new LightGcn(train, DIM, 2),
                new NeuMf(3, 5, 2, List.of(4, 3), 0.1), new SasRec(train, new SasRec.Options(4, DIM, 1, 1, 0.1)),
                new TwoTower(new Tower(3, 2, Tensor.randn(3, 4), List.of(5, DIM)), new Tower(5, 2, null, List.of(DIM)),
                        0.1));
        var users = Tensor.of(new long[] {2, 0});
        var items = Tensor.of(new long[] {4, 0, 1, 1}, 2, 2);
        for (Recommender model : models) {
            model.eval();
            double[] all = model.scores(users).toDoubles();
            double[] some = model.forward(users, items).toDoubles();
            assertArrayEquals(new double[] {all[4], all[0], all[6], all[6]}, some, 1e-12, model.toString());
            try (var scorer = model.scorer()) {
                assertArrayEquals(all, scorer.scores(users).toDoubles(), 1e-12);
            }
        }
    }
}
