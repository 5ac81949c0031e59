package dev.merapi.tabular.recommend;

import dev.merapi.data.Loader;
import dev.merapi.loss.BceWithLogits;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.F;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trains a recommender for an {@link Objective}, and measures it by ranking all items that a user did not have before:
 * {@link TopItemsMetric}, {@link Coverage} and {@link Diversity}.
 *
 * <pre>{@code
 * var task = RankingTask.of(model, split.train(), Objective.BPR).l2(1e-4);
 * var trainer = Trainer.of(task).optimizer(m -> new Adam(m, 1e-3)).epochs(50).earlyStopping("ndcg_10", 5);
 * trainer.fit(task.train(1024, 1, 1337), task.test(split.test(), 512));
 * }</pre>
 *
 * A model without parameters, such as {@link ItemKnn}, learns nothing: its steps only measure the loss.
 */
public final class RankingTask implements Task<RankingBatch> {
    private final Recommender model;
    private final Interactions train;
    private final Objective objective;
    private final double l2;
    private final List<Integer> ks;
    private final double[] logFrequencies; // of items, for IN_BATCH; else null

    private RankingTask(Recommender model, Interactions train, Objective objective, double l2, List<Integer> ks,
            double[] logFrequencies) {
        this.model = model;
        this.train = train;
        this.objective = objective;
        this.l2 = l2;
        this.ks = ks;
        this.logFrequencies = logFrequencies;
    }

    /**
     * Measured by the first 10 recommendations.
     *
     * @param train what is learnt from
     * @throws IllegalArgumentException if the model has other users and items, or is none for the objective
     */
    public static RankingTask of(Recommender model, Interactions train, Objective objective) {
        if (model.users() != train.users().size() || model.items() != train.items().size()) {
            throw new IllegalArgumentException("RankingTask: expected a model of " + train.users().size()
                    + " users and " + train.items().size() + " items, as those to learn from. Received one of "
                    + model.users() + " and " + model.items());
        }
        boolean fits = switch (objective) {
            case NEXT_ITEM -> model instanceof SasRec;
            case IN_BATCH -> model instanceof VectorRecommender;
            default -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException("RankingTask: expected "
                    + (objective == Objective.NEXT_ITEM ? "SasRec" : "a VectorRecommender") + " for " + objective
                    + ". Received " + model.getClass().getSimpleName());
        }
        return new RankingTask(model, train, objective, 0, List.of(10),
                objective == Objective.IN_BATCH ? logFrequencies(train) : null);
    }

    /** log p(i), p being the share of interactions that are with the item; as if those without had one. */
    private static double[] logFrequencies(Interactions train) {
        return Arrays.stream(train.countsOfItems()).mapToDouble(count -> Math.log((double) Math.max(1, count)
                / train.size())).toArray();
    }

    /** Adds λ/2 · Σ w² / B to the loss, over the weights that stand for the users and items of a step alone. */
    public RankingTask l2(double lambda) {
        return new RankingTask(model, train, objective, lambda, ks, logFrequencies);
    }

    /** Measured by the first k recommendations, for each of these k. */
    public RankingTask measuring(int... k) {
        return new RankingTask(model, train, objective, l2, Arrays.stream(k).boxed().toList(), logFrequencies);
    }

    @Override public Recommender model() { return model; }

    // ---- batches

    /**
     * Interactions in a new order each epoch, with new items drawn; for {@link Objective#NEXT_ITEM} histories.
     *
     * @param drawn items for each interaction; ignored where nothing is drawn
     */
    public Loader<RankingBatch> train(int batchSize, int drawn, long seed) {
        return switch (objective) {
            case NEXT_ITEM -> Loader.of(new SequenceSamples(train, ((SasRec) model).options().length(), drawn),
                    batchSize).shuffle(seed);
            case RATING, IN_BATCH -> Loader.of(new PairSamples(train, 0), batchSize).shuffle(seed);
            case LOGISTIC, BPR -> Loader.of(new PairSamples(train, Math.max(1, drawn)), batchSize).shuffle(seed);
        };
    }

    /**
     * Users who have a history, and what they chose later.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Loader<RankingBatch> test(Interactions test, int batchSize) {
        return Loader.of(new QuerySamples(train, test), batchSize);
    }

    // ---- passes

    @Override public Pass step(RankingBatch batch, Stepper stepper) {
        if (!model.params().isEmpty()) return stepper.add(() -> forward(batch));
        try (var _ = Torch.noGrad()) {
            return forward(batch);
        }
    }

    @Override public Pass forward(RankingBatch batch) {
        return switch (batch) {
            case RankingBatch.Pairs pairs -> ofPairs(pairs);
            case RankingBatch.Sequences sequences -> ofSequences(sequences);
            case RankingBatch.Queries queries -> evaluate(queries);
        };
    }

    private Pass ofPairs(RankingBatch.Pairs batch) {
        var loss = switch (objective) {
            case LOGISTIC -> {
                var scores = model.forward(batch.users(), batch.items());
                var had = scores.zerosLike();
                had.narrow(1, 0, 1).fill_(1);
                yield new BceWithLogits().forward(scores, had);
            }
            case BPR -> {
                var scores = model.forward(batch.users(), batch.items());
                var above = scores.narrow(1, 0, 1).sub(scores.narrow(1, 1, scores.size(1) - 1));
                yield F.logSigmoid(above).mean().neg();
            }
            case RATING -> model.forward(batch.users(), batch.items().narrow(1, 0, 1)).squeeze(1)
                    .sub(batch.ratings()).square().mean();
            case IN_BATCH -> inBatch((VectorRecommender) model, batch.users(), batch.items().select(1, 0));
            case NEXT_ITEM -> throw new IllegalArgumentException("RankingTask: expected histories for NEXT_ITEM."
                    + " Received single interactions; take the loader of RankingTask.train.");
        };
        long rows = batch.users().numel();
        if (l2 > 0) {
            var squares = model.squares(batch.users(), batch.items());
            if (squares != null) loss = loss.add(squares.mul(l2 / 2 / rows));
        }
        return Pass.of(loss, rows);
    }

    /** Shapes: users (B) and items (B) to 0-d. An item that comes twice is no wrong answer to its other user. */
    private Tensor inBatch(VectorRecommender vectors, Tensor users, Tensor items) {
        var scores = vectors.userVectors(users).matmul(vectors.itemVectors(items).mT());           // (B, B)
        double[] frequencies = Arrays.stream(items.toInts()).mapToDouble(item -> logFrequencies[item]).toArray();
        scores = scores.sub(Tensor.of(frequencies).to(scores.dtype()).to(scores.device()));
        long rows = items.numel();
        var same = items.unsqueeze(1).eq(items).and(Tensor.eye(rows).to(items.device()).eq(0));
        return new CrossEntropy().forward(scores.maskedFill(same, Double.NEGATIVE_INFINITY), items.newArange(rows));
    }

    private Pass ofSequences(RankingBatch.Sequences batch) {
        var sasRec = (SasRec) model;
        var there = batch.items().ne(0).flatten().nonzero().squeeze(1);                            // (M) places
        var states = sasRec.encode(batch.items()).flatten(0, 1).indexSelect(0, there);             // (M, D)
        var next = batch.next().flatten().indexSelect(0, there).sub(1);                            // (M)
        long drawn = batch.drawn().size(2);
        Tensor loss;
        if (drawn == 0) {
            loss = new CrossEntropy().forward(states.matmul(sasRec.itemVectors().mT()), next);
        } else {
            var others = batch.drawn().flatten(0, 1).indexSelect(0, there).sub(1);                 // (M, N)
            var items = sasRec.itemVectors(Tensor.cat(List.of(next.unsqueeze(1), others), 1));      // (M, 1 + N, D)
            var scores = VectorRecommender.products(states, items);                                // (M, 1 + N)
            var had = F.logSigmoid(scores.narrow(1, 0, 1)).mean();
            var not = F.logSigmoid(scores.narrow(1, 1, drawn).neg()).mean();
            loss = had.add(not).neg();
        }
        return Pass.of(loss, next.numel());
    }

    // ---- measuring

    @Override public List<Metric<?, ?>> metrics() { return metrics(train, ks); }

    /** All there are, for the first k recommendations. */
    static List<Metric<?, ?>> metrics(Interactions train, List<Integer> ks) {
        var metrics = new ArrayList<Metric<?, ?>>();
        for (int k : ks) {
            metrics.addAll(List.of(TopItemsMetric.recall(k), TopItemsMetric.precision(k), TopItemsMetric.ndcg(k),
                    TopItemsMetric.mrr(k), TopItemsMetric.hitRate(k), TopItemsMetric.map(k),
                    new Coverage(k, train.items().size()), new Diversity(k, train)));
        }
        return metrics;
    }

    @Override public Pass evaluate(RankingBatch batch) {
        var queries = (RankingBatch.Queries) batch;
        return Pass.measured(top(queries.users()), queries.relevant());
    }

    @Override public Tensor predict(RankingBatch batch) { return top(((RankingBatch.Queries) batch).users()); }

    private Tensor top(Tensor users) {
        return TopItems.of(model::scores, train, users, ks.stream().max(Integer::compare).orElseThrow()).items();
    }
}
