package dev.merapi.tabular.recommend;

import dev.merapi.metric.Metric;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures recommenders by ranking all items that a user did not have before; users without a history are left out.
 *
 * <pre>{@code
 * IO.println(RankingEvaluation.measure(Popularity.of(split.train()), split, 10).get("ndcg_10"));
 * }</pre>
 */
public final class RankingEvaluation {
    private static final int USERS = 512;

    private RankingEvaluation() {}

    /** The metrics of {@link RankingTask} for the first k recommendations, for each of these k. */
    public static Map<String, Double> measure(Recommender model, Interactions.Split split, int... ks) {
        List<Integer> all = Arrays.stream(ks).boxed().toList();
        int most = Arrays.stream(ks).max().orElseThrow(() -> new IllegalArgumentException("RankingEvaluation: expected"
                + " a k at least. Received none."));
        var metrics = RankingTask.metrics(split.train(), all);
        var queries = new QuerySamples(split.train(), split.test());
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad(); var scorer = model.scorer()) {
            for (int from = 0; from < queries.size(); from += USERS) {
                try (var _ = Scope.open()) {
                    int[] some = IntStream.range(from, Math.min(queries.size(), from + USERS)).toArray();
                    var batch = (RankingBatch.Queries) queries.batch(some, null);
                    var users = batch.users().to(model.device());
                    var top = TopItems.of(scorer, split.train(), users, most).items();
                    for (var metric : metrics) update(metric, top, batch.relevant().to(model.device()));
                }
            }
        }
        var values = new LinkedHashMap<String, Double>();
        metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return values;
    }

    @SuppressWarnings("unchecked") // all of these take tensors
    private static void update(Metric<?, ?> metric, Object top, Object relevant) {
        ((Metric<Object, Object>) metric).update(top, relevant);
    }
}
