package dev.merapi.tabular.recommend;

import com.sun.management.OperatingSystemMXBean;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TopItemsTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    @Test void theBestThatWereNotSeen() {
        var scores = Tensor.of(new float[][] {{9, 8, 7, 1, 2}, {1, 9, 3, 8, 2}, {5, 4, 3, 2, 1}});
        var top = TopItems.of(users -> scores.indexSelect(0, users), Ratings.small(), Tensor.arange(3), 3);
        assertArrayEquals(new long[] {4, 3, -1, 2, 4, 0, 2, -1, -1}, top.items().toLongs());
        assertArrayEquals(new int[] {2}, top.lists().get(2));
        float[] before = {9, 8, 7, 1, 2, 1, 9, 3, 8, 2, 5, 4, 3, 2, 1};
        assertArrayEquals(before, scores.toFloats()); // not written to
    }

    @Test void moreThanThereAreItems() {
        var top = TopItems.of(users -> Tensor.of(new float[][] {{1, 3, 2}}), null, Tensor.of(new long[] {0}), 5);
        assertArrayEquals(new long[] {1, 2, 0, -1, -1}, top.items().toLongs());
        assertThrows(IllegalArgumentException.class, () -> TopItems.of(_ -> null, null, Tensor.of(new long[] {0}), 0));
    }

    @Test void asSortingEveryScoreWould() {
        var random = new SplittableRandom(5);
        var all = Interactions.of(Ratings.tastes(30, 40, 1), Ratings.COLUMNS);
        var scores = new float[30][40];
        for (var row : scores) for (int i = 0; i < 40; i++) row[i] = (float) random.nextDouble();
        var tensor = Tensor.of(scores);
        var top = TopItems.of(users -> tensor.indexSelect(0, users), all, Tensor.arange(30), 7);
        for (int u = 0; u < 30; u++) {
            int user = u;
            int[] expected = IntStream.range(0, 40).filter(i -> !all.has(user, i)).boxed()
                    .sorted((a, b) -> Float.compare(scores[user][b], scores[user][a])).limit(7)
                    .mapToInt(Integer::intValue).toArray();
            assertArrayEquals(expected, top.lists().get(user));
        }
    }

    /** Recommended 3 1 4 and 2 - -; chosen 4 3 9 7 and 5. */
    @Test void metricsByHand() {
        var recommended = Tensor.of(new long[] {3, 1, 4, 2, -1, -1, 0, 1, 2}, 3, 3);
        var chosen = Tensor.of(new long[] {4, 3, 9, 7, 5, -1, -1, -1, -1, -1, -1, -1}, 3, 4);
        double dcg = 1 + 1 / 2.0, best = 1 + Math.log(2) / Math.log(3) + 0.5;
        assertValue(2 / 4.0 / 2, TopItemsMetric.recall(3), recommended, chosen);
        assertValue(2 / 3.0 / 2, TopItemsMetric.precision(3), recommended, chosen);
        assertValue(0.5, TopItemsMetric.hitRate(3), recommended, chosen);
        assertValue(0.5, TopItemsMetric.mrr(3), recommended, chosen);
        assertValue(dcg / best / 2, TopItemsMetric.ndcg(3), recommended, chosen);
        assertValue((1 + 2 / 3.0) / 3 / 2, TopItemsMetric.map(3), recommended, chosen);
        assertValue(1 / 4.0 / 2, TopItemsMetric.recall(1), recommended, chosen);
        assertEquals("ndcg_10", TopItemsMetric.ndcg(10).name());
        var error = assertThrows(IllegalArgumentException.class,
                () -> TopItemsMetric.recall(5).update(recommended, chosen));
        assertTrue(error.getMessage().startsWith("recall_5: expected recommended items (B, at least 5)"),
                error.getMessage());
    }

    /** In one batch, and row by row in two metrics that are merged. */
    private static void assertValue(double expected, TopItemsMetric metric, Tensor recommended, Tensor chosen) {
        assertTrue(Double.isNaN(metric.value()));
        metric.update(recommended, chosen);
        assertEquals(expected, metric.value(), 1e-12, metric.name());
        metric.reset();
        metric.update(recommended.narrow(0, 1, 2), chosen.narrow(0, 1, 2));
        int k = Integer.parseInt(metric.name().replaceAll(".*_", ""));
        var other = switch (metric.name().replaceAll("_\\d+$", "")) {
            case "recall" -> TopItemsMetric.recall(k);
            case "precision" -> TopItemsMetric.precision(k);
            case "hit_rate" -> TopItemsMetric.hitRate(k);
            case "mrr" -> TopItemsMetric.mrr(k);
            case "ndcg" -> TopItemsMetric.ndcg(k);
            default -> TopItemsMetric.map(k);
        };
        other.update(recommended.narrow(0, 0, 1), chosen.narrow(0, 0, 1));
        metric.merge(other.state());
        assertEquals(expected, metric.value(), 1e-12, metric.name());
    }

    @Test void coverageAndDiversityByHand() {
        var top = Tensor.of(new long[] {0, 1, 3, 1, 2, -1}, 2, 3);
        var none = Tensor.full(-1, 2, 1);
        var coverage = new Coverage(2, 5);
        coverage.update(top, none);
        assertEquals(3 / 5.0, coverage.value(), 1e-12);
        var other = new Coverage(2, 5);
        other.update(Tensor.of(new long[] {4, 0}, 1, 2), none);
        coverage.merge(other.state());
        assertEquals(4 / 5.0, coverage.value(), 1e-12);
        // users of items: i0 {0, 2}, i1 {0, 1, 2}, i2 {0}, i3 {1, 2}
        var diversity = new Diversity(3, Ratings.small());
        diversity.update(top, none);
        double first = (2 / Math.sqrt(6) + 1 / 2.0 + 2 / Math.sqrt(6)) / 3, second = 1 / Math.sqrt(3);
        assertEquals(1 - (first + second) / 2, diversity.value(), 1e-12);
    }

    @Test void measuringLeavesOutUsersWithoutHistory() {
        var split = Ratings.small().temporal(0.6); // of u2 nothing is left to learn from
        assertEquals(0, split.train().count(2));
        try (var model = Popularity.of(split.train())) {
            var values = RankingEvaluation.measure(model, split, 2);
            // u1 has i1, the most popular; i0 and i2 are next, i3 is chosen
            assertEquals(0, values.get("recall_2"));
            assertEquals(2 / 5.0, values.get("coverage_2"), 1e-12);
        }
        var alone = new Interactions.Split(split.test(), split.train());
        assertThrows(IllegalArgumentException.class, () -> new QuerySamples(alone.train(),
                Ratings.of("x y").leaveOneOut().test()));
    }

    @Test void nothingIsLeftAlive() {
        try (var model = new MatrixFactorization(3, 5, 4)) {
            var split = Ratings.small().leaveOneOut();
            RankingEvaluation.measure(model, split, 2);
            long before = Scope.live();
            for (int i = 0; i < 3; i++) RankingEvaluation.measure(model, split, 2);
            assertTrue(Scope.live() <= before, "left alive: " + (Scope.live() - before));
        }
    }

    /** 10,000 users, 100,000 items, vectors of 64 numbers, 20 items seen by each. */
    @Tag("proof")
    @Test void manyUsersAndItemsInTimeAndMemory() throws Exception {
        int users = 10_000, items = 100_000, seen = 20;
        var random = new SplittableRandom(1);
        var user = new int[users * seen];
        var item = new int[users * seen];
        for (int i = 0; i < user.length; i++) {
            user[i] = i / seen;
            item[i] = random.nextInt(items);
        }
        var ones = new double[user.length];
        var history = Interactions.of(ids("user", users), ids("item", items), user, item, ones, ones);
        try (var model = new MatrixFactorization(users, items, 64); var scorer = model.scorer()) {
            var processor = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long begin = System.nanoTime(), before = processor.getProcessCpuTime();
            var top = TopItems.of(scorer, history, Tensor.arange(users), 10);
            double seconds = (System.nanoTime() - begin) / 1e9, work = (processor.getProcessCpuTime() - before) / 1e9;
            System.out.printf("top 10 of %,d items for %,d users: %.1f s, of all processors together %.1f s, %d"
                    + " threads, at most %d MiB%n", items, users, seconds, work, Torch.threads(), most());
            assertEquals(users, top.items().size(0));
            assertEquals(0, top.items().lt(0).to(DType.INT64).sum().itemLong());
            assertTrue(work < 60, "took " + work); // what it takes on an idle machine, however busy this one is
            assertTrue(most() < 2000, "MiB: " + most());
        }
    }

    private static Ids ids(String kind, int count) {
        return Ids.of(kind, IntStream.range(0, count).mapToObj(Integer::toString).toList());
    }

    /** The most MiB that the process has held, as Linux tells it; 0 elsewhere. */
    private static int most() throws Exception {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status) ? 0 : Arrays.stream(Files.readString(status).split("\n"))
                .filter(line -> line.startsWith("VmHWM"))
                .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(0);
    }
}
