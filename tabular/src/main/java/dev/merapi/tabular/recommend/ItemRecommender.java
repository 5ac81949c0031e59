package dev.merapi.tabular.recommend;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Recommends items by name.
 *
 * <pre>{@code
 * try (var recommender = ItemRecommender.open(Path.of("runs/movies"))) {
 *     recommender.recommend("17", 10).forEach(IO::println);
 *     recommender.recommend("17", 10, film -> inStock(film));
 *     recommender.recommendFor(List.of("Heat", "Alien"), 10);                 // somebody new
 * }
 * }</pre>
 *
 * What a user had already is left out. A user without history, or whom the model does not know, is given the most
 * popular items, see {@link #knows}. Several threads may ask at once.
 */
public final class ItemRecommender implements Predictor<String, Recommendations> {
    private static final int MOST = 100; // in an answer of which nobody said how long it is to be

    private final Recommender model;
    private final Interactions history;
    private final Recommender.Scorer scorer;
    private final ItemIndex index; // null: all items are scored
    private final Recommender popular;
    private final Runnable close;

    private ItemRecommender(Recommender model, Interactions history, ItemIndex index, Runnable close) {
        this.model = model;
        this.history = history;
        this.index = index;
        this.close = close;
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            scorer = model.scorer();
            popular = Popularity.of(history);
            popular.to(model.device());
        }
    }

    private ItemRecommender(ItemRecommender other, Runnable after) {
        model = other.model;
        history = other.history;
        scorer = other.scorer;
        index = other.index;
        popular = other.popular;
        close = () -> {
            other.close.run();
            after.run();
        };
    }

    /** By a model as it is now, which stays the caller's. */
    public static ItemRecommender of(Recommender model, Interactions history) {
        return new ItemRecommender(model, history, null, () -> { });
    }

    /**
     * As {@link #of(Recommender, Interactions)}, searching an index of the model's item vectors, which is closed with
     * this.
     */
    public static ItemRecommender of(VectorRecommender model, Interactions history, ItemIndex index) {
        if (index.size() == model.items()) return new ItemRecommender(model, history, index, index::close);
        throw new IllegalArgumentException("ItemRecommender: expected an index of the model's " + model.items()
                + " items. Received one of " + index.size());
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static ItemRecommender open(Path run) { return open(run, Device.CPU); }

    /**
     * The model in the folder of a run.
     *
     * @throws IllegalArgumentException if there is no run of the recipe {@code recommend} in the folder
     */
    public static ItemRecommender open(Path run, Device device) {
        var job = Runs.open(run);
        try {
            if (!(job instanceof RecommendJob of)) {
                throw new IllegalArgumentException(run
                        + ": expected a run of the recipe recommend. Received another's.");
            }
            of.trainer().task().model().to(device);
            of.trainer().task().model().eval();
            return of.predictor().closing(job::close);
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** With something that is closed after this. */
    private ItemRecommender closing(Runnable after) { return new ItemRecommender(this, after); }

    /** The names of all users. */
    public Ids users() { return history.users(); }

    /** The names of all items. */
    public Ids items() { return history.items(); }

    /** Whether a user has a history; others are given what is popular. */
    public boolean knows(String user) {
        return history.users().has(user) && history.count(history.users().number(user)) > 0;
    }

    /** The k best items, the best first; fewer where the user had nearly all. */
    public List<Recommendation> recommend(String user, int k) { return recommend(user, k, null); }

    /**
     * The k best of the items that pass a test.
     *
     * @param allowed asked by an item's name; null for all
     */
    public List<Recommendation> recommend(String user, int k, Predicate<String> allowed) {
        if (!knows(user)) return popular(k, allowed);
        int number = history.users().number(user);
        try (var _ = Torch.noGrad(); var _ = Scope.open(); var _ = model.evaluating()) {
            var one = Tensor.of(new long[] {number}).to(model.device());
            if (index == null) return best(scorer.scores(one).select(0, 0), history.itemsOf(number), k, allowed);
            return searched(((VectorRecommender.Vectors) scorer).users(one).toFloats(), history.itemsOf(number), k,
                    allowed);
        }
    }

    /**
     * The k best items for somebody with this history, the earliest item first, whom the model was not trained on.
     *
     * @throws IllegalArgumentException for an item that the model does not know
     * @throws UnsupportedOperationException if the model has weights for each user: all but {@link SasRec} and
     *     {@link ItemKnn}
     */
    public List<Recommendation> recommendFor(List<String> items, int k) {
        int[] had = items.stream().mapToInt(history.items()::number).toArray();
        if (had.length == 0) return popular(k, null);
        try (var _ = Torch.noGrad(); var _ = Scope.open(); var _ = model.evaluating()) {
            return best(scoresOf(had).select(0, 0), had, k, null);
        }
    }

    /**
     * How well an item suits people with these histories, the earliest item first.
     *
     * @throws IllegalArgumentException for an item that the model does not know
     * @throws UnsupportedOperationException as {@link #recommendFor}
     */
    public double[] scoresFor(List<List<String>> histories, String item) {
        int number = history.items().number(item);
        int[][] numbers = histories.stream().map(this::numbers).toArray(int[][]::new);
        try (var _ = Torch.noGrad(); var _ = Scope.open(); var _ = model.evaluating()) {
            return scoresOf(numbers).select(1, number).toDoubles();
        }
    }

    private int[] numbers(List<String> names) { return names.stream().mapToInt(history.items()::number).toArray(); }

    /** (histories, items). */
    private Tensor scoresOf(int[]... histories) {
        return switch (model) {
            case SasRec sasRec -> sasRec.vectorsOf(histories).matmul(sasRec.itemVectors().mT());
            case ItemKnn knn -> knn.scoresOf(histories);
            default -> throw new UnsupportedOperationException(model.getClass().getSimpleName()
                    + " has weights for each user, and none for a new one; train sasrec or item_knn for such.");
        };
    }

    /** What a user had, the earliest item first; empty for one who is not known. */
    public List<String> historyOf(String user) {
        if (!knows(user)) return List.of();
        return Arrays.stream(history.itemsOf(history.users().number(user))).mapToObj(history.items()::name).toList();
    }

    private List<Recommendation> popular(int k, Predicate<String> allowed) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var anybody = Tensor.of(new long[] {0}).to(popular.device());
            return best(popular.scores(anybody).select(0, 0), new int[0], k, allowed);
        }
    }

    /** @param scores (items) */
    private List<Recommendation> best(Tensor scores, int[] had, int k, Predicate<String> allowed) {
        check(k);
        float[] all = scores.toFloats();
        for (int item : had) all[item] = Float.NEGATIVE_INFINITY;
        if (allowed != null) {
            for (int item = 0; item < all.length; item++) {
                if (!allowed.test(history.items().name(item))) all[item] = Float.NEGATIVE_INFINITY;
            }
        }
        return best(all, k);
    }

    /** Of equal scores the item of the lower number comes first. */
    private List<Recommendation> best(float[] scores, int k) {
        Comparator<Integer> worse = Comparator.<Integer>comparingDouble(item -> scores[item])
                .thenComparing(Comparator.reverseOrder());
        var top = new PriorityQueue<>(worse); // the worst of the best at its head
        for (int item = 0; item < scores.length; item++) {
            if (scores[item] == Float.NEGATIVE_INFINITY) continue;
            if (top.size() == k && scores[item] <= scores[top.peek()]) continue;
            top.add(item);
            if (top.size() > k) top.poll();
        }
        return top.stream().sorted(worse.reversed())
                .map(item -> new Recommendation(history.items().name(item), scores[item])).toList();
    }

    /** Looks among more and more of the nearest until enough of them are allowed. */
    private List<Recommendation> searched(float[] vector, int[] had, int k, Predicate<String> allowed) {
        check(k);
        var gone = Arrays.stream(had).boxed().collect(Collectors.toSet());
        for (int some = k + had.length;; some *= 2) {
            var found = index.search(vector, Math.min(some, index.size()));
            var items = new ArrayList<Recommendation>();
            for (int i = 0; i < found.items().length && items.size() < k; i++) {
                int item = found.items()[i];
                String name = history.items().name(item);
                if (!gone.contains(item) && (allowed == null || allowed.test(name))) {
                    items.add(new Recommendation(name, found.scores()[i]));
                }
            }
            if (items.size() == k || some >= index.size()) return List.copyOf(items);
        }
    }

    private static void check(int k) {
        if (k < 1) throw new IllegalArgumentException("ItemRecommender: expected k of at least 1. Received " + k);
    }

    @Override public Class<String> input() { return String.class; }

    @Override public Class<Recommendations> output() { return Recommendations.class; }

    /** The best 100 for each user. */
    @Override public List<Recommendations> predict(List<String> users) {
        return users.stream().map(user -> new Recommendations(recommend(user, MOST), knows(user))).toList();
    }

    /** @param typed a user's name */
    @Override public String parse(String typed) { return typed; }

    @Override public void close() {
        scorer.close();
        popular.close();
        close.run();
    }
}
