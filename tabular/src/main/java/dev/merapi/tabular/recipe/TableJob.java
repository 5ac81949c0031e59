package dev.merapi.tabular.recipe;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Loader;
import dev.merapi.data.Tree;
import dev.merapi.io.Weights;
import dev.merapi.metric.GroupedAuc;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.TablePreprocessing;
import dev.merapi.tabular.data.TableSplit;
import dev.merapi.tabular.data.TableStream;
import dev.merapi.tabular.data.Target;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tensor.Expect;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Trains a model to predict a column of a table. */
final class TableJob implements Job<TableBatch> {
    private static final int TEST_BATCH = 4096;

    private final TableConfig config;
    private final TableData data;
    private final TablePreprocessing preprocessing;
    private final Trainer<TableBatch> trainer;
    private TableSplit.Fold fold; // read when a loader is asked for; null of a table larger than memory

    private TableJob(TableConfig config, TableData data, TablePreprocessing preprocessing, TableSplit.Fold fold,
            long bytes) {
        this.config = config;
        this.data = data;
        this.preprocessing = preprocessing;
        this.fold = fold;
        boolean two = preprocessing.target() instanceof Target.Classes classes && classes.labels().size() == 2;
        if (!config.aucBy().isEmpty() && !two) {
            throw new IllegalArgumentException("auc_by: expected a target of two classes. Received "
                    + preprocessing.target().column() + ", which is another.");
        }
        var loss = BalancedLoss.of(config.balance(), preprocessing.target(), () -> fold().train());
        trainer = config.model().trainer(preprocessing, config, bytes, loss);
    }

    /** A new one: what the preprocessing needs to know is learnt from the rows to train on. */
    static TableJob of(TableConfig config) {
        var data = new TableData(config, List.of());
        if (config.buffer() > 0) {
            var train = data.tables().train();
            var head = data.head(train);
            data.tell(head);
            return new TableJob(config, data, TablePreprocessing.fit(data.features(head), train), null, 0);
        }
        var fold = data.fold();
        data.tell(fold.train());
        return of(config, data, fold);
    }

    /** A new one on these rows. */
    static TableJob of(TableConfig config, TableData data, TableSplit.Fold fold) {
        var features = data.features(fold.train());
        return new TableJob(config, data, TablePreprocessing.fit(features, fold.train()), fold, 0);
    }

    /** One that was begun, with what it had learnt of the rows; these are read when they are asked for. */
    static TableJob resumed(TableConfig config, Path run) {
        var preprocessing = TablePreprocessing.load(run);
        var data = new TableData(config, preprocessing.columns());
        boolean saved = config.model().isClassic() && Files.exists(run.resolve("model.safetensors"));
        long bytes = saved ? Weights.open(run).shape("fitted")[0] : 0;
        return new TableJob(config, data, preprocessing, null, bytes);
    }

    @Override public void save(Path run) { preprocessing.save(run); }

    @Override public Trainer<TableBatch> trainer() { return trainer; }

    /** As the first batch of the test set has its parts. */
    @Override public Signature signature() {
        if (!(trainer.task() instanceof TableTask task)) return Job.super.signature();
        try (var test = test(); var batches = test.iterator()) {
            Expect.that(batches.hasNext(), "Job.signature", "a test set, whose first batch says what inputs are like",
                    "none");
            return new TableSignature(task, Tree.map(batches.next(), t -> t.copy().owned())).signature();
        }
    }

    private TableSplit.Fold fold() {
        if (fold == null) fold = data.fold();
        return fold;
    }

    @Override public BatchSource<TableBatch> train() {
        if (config.buffer() == 0) {
            var rows = preprocessing.rows(fold().train());
            return config.model().loader(config.balance().of(rows, config.seed()), config);
        }
        return TableStream.shuffled(data.tables().train(), preprocessing, config.batchSize(),
                Math.max(config.batchSize(), config.buffer()), config.seed());
    }

    @Override public BatchSource<TableBatch> test() {
        return config.buffer() == 0 ? Loader.of(preprocessing.rows(fold().test()), TEST_BATCH)
                : TableStream.of(data.tables().test(), preprocessing, TEST_BATCH);
    }

    /** The AUC within groups, if it was asked for. */
    @Override public Map<String, Double> finalMetrics() {
        if (config.aucBy().isEmpty()) return Map.of();
        var classes = (Target.Classes) preprocessing.target();
        var scores = DoubleStream.builder();
        var positive = new ArrayList<Boolean>();
        var groups = new ArrayList<String>();
        String yes = classes.labels().getLast();
        var predictor = predictor();
        try (var frames = config.buffer() == 0 ? null : data.tables().test().frames(TEST_BATCH)) {
            Iterator<Frame> parts = frames == null ? List.of(fold().test()).iterator() : frames;
            while (parts.hasNext()) {
                var rows = parts.next();
                var names = rows.column(config.aucBy());
                var answers = predictor.scores(rows);
                for (int row = 0; row < rows.size(); row++) {
                    scores.add(answers[row]);
                    positive.add(rows.column(classes.column()).text(row).equals(yes));
                    groups.add(String.valueOf(names.text(row)));
                }
            }
        }
        var hits = new boolean[positive.size()];
        for (int i = 0; i < hits.length; i++) hits[i] = positive.get(i);
        return Map.of("grouped_roc_auc", GroupedAuc.of(scores.build().toArray(), hits, groups.toArray()));
    }

    @Override public Summary summary() {
        return Summary.of(trainer.task().model(), () -> trainer.task().predict(preprocessing.blank()));
    }

    @Override public List<String> labels() {
        return preprocessing.target() instanceof Target.Classes classes ? classes.labels() : List.of();
    }

    @Override public TablePredictor predictor() { return new TablePredictor(trainer.task(), preprocessing); }
}
