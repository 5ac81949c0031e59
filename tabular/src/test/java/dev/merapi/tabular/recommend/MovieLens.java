package dev.merapi.tabular.recommend;

import dev.merapi.optim.Adam;
import dev.merapi.tabular.data.Table;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * MovieLens latest-small, which {@code src/test/r/data.R} puts into {@code $MERAPI_CACHE/movielens}: ratings of 4 and
 * more by users and of films that have 5 of them. Of each user a fifth is the test, of what is left an eighth says when
 * training ends. All models rank all films that the user had not rated before.
 */
final class MovieLens {
    static final int K = 10;
    private static final int WIDTH = 64;

    /** What is held out of each user. */
    enum Held { LAST, RANDOM }

    /** Models that learn, each with what it is trained for. */
    enum Model {
        BPR(Objective.BPR, 1), LIGHTGCN(Objective.BPR, 1), MF(Objective.LOGISTIC, 4), TWO_TOWER(Objective.IN_BATCH, 0),
        NEUMF(Objective.LOGISTIC, 4), SASREC(Objective.NEXT_ITEM, 0);

        private final Objective objective;
        private final int drawn;

        Model(Objective objective, int drawn) {
            this.objective = objective;
            this.drawn = drawn;
        }

        Recommender of(Interactions train) {
            int users = train.users().size(), items = train.items().size();
            return switch (this) {
                case BPR -> new MatrixFactorization(users, items, WIDTH);
                case LIGHTGCN -> new LightGcn(train, WIDTH, 3);
                case MF -> new MatrixFactorization(users, items, WIDTH, true, 0);
                case NEUMF -> new NeuMf(users, items, 16, List.of(64, 32, 16), 0.1);
                case SASREC -> new SasRec(train, SasRec.Options.DEFAULT);
                case TWO_TOWER -> new TwoTower(new Tower(users, WIDTH, null, List.of()),
                        new Tower(items, WIDTH, null, List.of()), 0.1);
            };
        }
    }

    /** How a model is trained: by Adam, in steps of 2,048 interactions or 64 histories. */
    record Tuned(double rate, double l2) {}

    /**
     * @param validation the best NDCG@10 on what ends training
     * @param test by metric
     */
    record Result(int epoch, double validation, Map<String, Double> test) {}

    final Interactions.Split test;
    final Interactions.Split validation;

    private MovieLens(Interactions.Split test, Interactions.Split validation) {
        this.test = test;
        this.validation = validation;
    }

    static MovieLens of(Held held) {
        String cache = System.getenv("MERAPI_CACHE");
        assumeTrue(cache != null, "MERAPI_CACHE is not set: no MovieLens");
        Path file = Path.of(cache, "movielens", "ratings.csv");
        assumeTrue(Files.exists(file), file + " is missing");
        var columns = Interactions.Columns.of("userId", "movieId").rating("rating").time("timestamp");
        var all = Interactions.of(Table.read(file).frame(), columns).atLeast(4).core(5, 5);
        var test = held == Held.LAST ? all.lastOfEach(0.2) : all.randomOfEach(0.2, 1337);
        var validation = held == Held.LAST ? test.train().lastOfEach(0.125) : test.train().randomOfEach(0.125, 1337);
        System.out.println(test.all() + ", to learn from " + validation.train().size() + ", to test with "
                + test.test().size());
        return new MovieLens(test, validation);
    }

    /** Trains until NDCG@10 of the validation has not risen for {@code patience} epochs, and keeps the best epoch. */
    Result train(Model kind, Tuned tuned, int patience, long seed) {
        Torch.seed(seed);
        try (var model = kind.of(validation.train())) {
            var task = RankingTask.of(model, validation.train(), kind.objective).l2(tuned.l2);
            int batch = kind == Model.SASREC ? 64 : 2048;
            try (var train = task.train(batch, kind.drawn, seed); var held = task.test(validation.test(), 1024)) {
                var best = Trainer.of(task).optimizer(m -> new Adam(m, tuned.rate)).epochs(1000).seed(seed)
                        .earlyStopping("ndcg_10", patience).fit(train, held).bestEpoch("ndcg_10");
                return new Result(best.epoch(), best.value("ndcg_10"), measure(model));
            }
        }
    }

    /** With the histories that are known when the test begins. */
    private Map<String, Double> measure(Recommender model) {
        if (!(model instanceof SasRec reader)) return RankingEvaluation.measure(model, test, K);
        try (var later = new SasRec(test.train(), reader.options()); var _ = Scope.open()) {
            later.map((name, _) -> model.tensors().get(name));
            return RankingEvaluation.measure(later, test, K);
        }
    }
}
