package dev.merapi.tabular.recommend;

import dev.merapi.data.Loader;
import dev.merapi.io.Provenance;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimizer;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Run;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains a recommender, and leaves all it needs in the run: its interactions, its weights, and an index if it has one.
 */
final class RecommendJob implements Job<RankingBatch> {
    private static final int TEST_USERS = 512;
    private static final String INDEX = "items.hnsw";
    private static final String WEIGHTS = "weights"; // of which an index was made

    private final RecommendRecipe.Config config;
    private final Interactions.Split split;
    private final RankingTask task;
    private final Trainer<RankingBatch> trainer;
    private final List<ItemRecommender> made = new ArrayList<>();
    private Path run; // its folder; null: none yet

    RecommendJob(RecommendRecipe.Config config, Interactions.Split split, Path run) {
        this.config = config;
        this.split = split;
        this.run = run;
        Torch.seed(config.seed());
        task = RankingTask.of(config.model().of(split.train(), config), split.train(), config.model().objective())
                .l2(config.l2()).measuring(config.k());
        boolean learns = !task.model().params().isEmpty();
        trainer = Trainer.of(task).optimizer(model -> optimizer(model, config.learningRate()))
                .epochs(learns ? config.epochs() : 1).seed(config.seed())
                .earlyStopping("ndcg_" + config.k(), config.patience());
    }

    private static Optimizer optimizer(Layer model, double rate) {
        return model.params().isEmpty() ? new Nothing() : new Adam(model, rate);
    }

    /** The optimizer of a model without parameters. */
    private static final class Nothing implements Optimizer {
        @Override public Map<String, Param> params() { return Map.of(); }

        @Override public void step() { }

        @Override public double learningRate() { return 0; }

        @Override public void learningRate(double rate) { }

        @Override public Map<String, Tensor> state() { return Map.of(); }

        @Override public void load(Map<String, Tensor> saved) { }

        @Override public void close() { }
    }

    @Override public Trainer<RankingBatch> trainer() { return trainer; }

    @Override public Loader<RankingBatch> train() {
        return task.train(config.batchSize(), config.negatives(), config.seed());
    }

    @Override public Loader<RankingBatch> test() { return task.test(split.test(), TEST_USERS); }

    @Override public Summary summary() {
        return Summary.of(task.model(), () -> task.model().scores(Tensor.of(new long[] {0})));
    }

    @Override public void save(Path folder) {
        run = folder;
        InteractionFiles.save(split, folder);
    }

    /** Trains, and writes the index of the run, if it is to have one. */
    @Override public Run fit() {
        var run = Job.super.fit();
        if (config.search() == RecommendRecipe.Search.HNSW && this.run != null && run.stop() != Run.Stop.REQUESTED) {
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = task.model().evaluating()) {
                Weights.open(this.run).loadInto(task.model());
                HnswIndex.write(((VectorRecommender) task.model()).itemVectors(), Map.of(WEIGHTS, weights()),
                        this.run.resolve(INDEX));
            }
        }
        return run;
    }

    private String weights() { return Provenance.sha256(run.resolve("model.safetensors")); }

    @Override public ItemRecommender predictor() {
        var index = index();
        made.add(index == null ? ItemRecommender.of(task.model(), split.all())
                : ItemRecommender.of((VectorRecommender) task.model(), split.all(), index));
        return made.getLast();
    }

    /** Frees the model, and what its predictors hold. */
    @Override public void close() {
        made.forEach(ItemRecommender::close);
        task.model().close();
    }

    /** That of the run, if it was made of the weights that are there; else null: then all items are scored. */
    private ItemIndex index() {
        if (config.search() != RecommendRecipe.Search.HNSW || run == null || !Files.exists(run.resolve(INDEX))) {
            return null;
        }
        var index = HnswIndex.open(run.resolve(INDEX));
        if (weights().equals(index.notes().get(WEIGHTS))) return index;
        index.close();
        return null;
    }
}
