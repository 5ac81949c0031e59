package dev.merapi.tabular.recommend;

import dev.merapi.optim.Adam;
import dev.merapi.tabular.data.Table;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * MovieLens latest-small, which {@code src/test/r/data.R} puts into {@code $MERAPI_CACHE/movielens}: ratings of 4 and
 * more by users and of films that have 5 of them. Of each user the last fifth is the test, of what is left the last
 * eighth says when training ends. All models rank all films that the user had not rated before.
 */
@Tag("proof")
class MovieLensProofTest {
    private static final int[] SEEDS = {1, 2, 3};
    private static final int K = 10;

    private static Interactions.Split test;
    private static Interactions.Split validation;

    @BeforeAll static void read() {
        String cache = System.getenv("MERAPI_CACHE");
        assumeTrue(cache != null, "MERAPI_CACHE is not set: no MovieLens");
        Path file = Path.of(cache, "movielens", "ratings.csv");
        assumeTrue(Files.exists(file), file + " is missing");
        var columns = Interactions.Columns.of("userId", "movieId").rating("rating").time("timestamp");
        test = Interactions.of(Table.read(file).frame(), columns).atLeast(4).core(5, 5).lastOfEach(0.2);
        validation = test.train().lastOfEach(0.125);
        System.out.println(test.all() + ", to learn from " + validation.train().size() + ", to test with "
                + test.test().size());
    }

    /** How a model is trained. */
    private record Recipe(Objective objective, int drawn, int batch, double rate, double l2) {}

    @Test void learnedModelsBeatPopularity() {
        double popularity = measure("popularity", Popularity.of(validation.train()));
        measure("item-kNN", ItemKnn.of(validation.train(), 100, 10));
        int users = test.train().users().size(), items = test.train().items().size();
        var bpr = train("BPR", _ -> new MatrixFactorization(users, items, 64),
                new Recipe(Objective.BPR, 1, 2048, 5e-3, 1e-3));
        var lightGcn = train("LightGCN", train -> new LightGcn(train, 64, 2),
                new Recipe(Objective.BPR, 1, 2048, 5e-3, 1e-4));
        train("MF", _ -> new MatrixFactorization(users, items, 64, true, 0),
                new Recipe(Objective.LOGISTIC, 4, 2048, 5e-3, 1e-3));
        train("NeuMF", _ -> new NeuMf(users, items, 16, List.of(64, 32, 16), 0.1),
                new Recipe(Objective.LOGISTIC, 4, 2048, 2e-3, 1e-4));
        train("SASRec", train -> new SasRec(train, SasRec.Options.DEFAULT),
                new Recipe(Objective.NEXT_ITEM, 0, 64, 1e-3, 0));
        train("two towers", _ -> new TwoTower(new Tower(users, 64, null, List.of()),
                new Tower(items, 64, null, List.of()), 0.1), new Recipe(Objective.IN_BATCH, 0, 2048, 5e-3, 1e-3));
        assertTrue(mean(lightGcn) > popularity && mean(bpr) > popularity, "LightGCN " + mean(lightGcn) + ", BPR "
                + mean(bpr) + ", popularity " + popularity);
    }

    /** @return ndcg_10 of each seed */
    private static double[] train(String name, Function<Interactions, Recommender> make, Recipe recipe) {
        var values = new LinkedHashMap<String, double[]>();
        var epochs = new ArrayList<Integer>();
        for (int s = 0; s < SEEDS.length; s++) {
            Torch.seed(SEEDS[s]);
            try (var model = make.apply(validation.train())) {
                var task = RankingTask.of(model, validation.train(), recipe.objective).l2(recipe.l2);
                try (var train = task.train(recipe.batch, recipe.drawn, SEEDS[s]);
                        var held = task.test(validation.test(), 1024)) {
                    var run = Trainer.of(task).optimizer(m -> new Adam(m, recipe.rate)).epochs(200).seed(SEEDS[s])
                            .earlyStopping("ndcg_10", 8).fit(train, held);
                    epochs.add(run.bestEpoch("ndcg_10").epoch());
                }
                int seed = s;
                RankingEvaluation.measure(model, test, K).forEach((metric, value) ->
                        values.computeIfAbsent(metric, _ -> new double[SEEDS.length])[seed] = value);
            }
        }
        print(name + " (best epochs " + epochs + ")", values);
        return values.get("ndcg_10");
    }

    /** @return ndcg_10 */
    private static double measure(String name, Recommender model) {
        try (model) {
            var values = new LinkedHashMap<String, double[]>();
            RankingEvaluation.measure(model, test, K)
                    .forEach((metric, value) -> values.put(metric, new double[] {value}));
            print(name, values);
            return values.get("ndcg_10")[0];
        }
    }

    private static void print(String name, Map<String, double[]> values) {
        var line = new StringBuilder(name);
        values.forEach((metric, all) -> line.append(" | ").append(metric).append(" %.4f ± %.4f".formatted(mean(all),
                deviation(all))));
        System.out.println(line);
    }

    private static double mean(double[] values) { return Arrays.stream(values).average().orElseThrow(); }

    /** Of a sample. */
    private static double deviation(double[] values) {
        double mean = mean(values);
        double sum = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return values.length < 2 ? 0 : Math.sqrt(sum / (values.length - 1));
    }
}
