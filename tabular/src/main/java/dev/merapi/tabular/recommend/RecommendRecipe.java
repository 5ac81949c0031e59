package dev.merapi.tabular.recommend;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tabular.data.Table;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/** A table of who had to do with what: items for its users. */
public final class RecommendRecipe implements Recipe<RecommendRecipe.Config> {
    private static final System.Logger LOG = System.getLogger(RecommendRecipe.class.getName());

    /** How the items of a run are searched. */
    public enum Search { EXACT, HNSW }

    public record Config(
            @Describe("the table's file: CSV, Parquet or JSON") String data,
            @Describe("column of users") String user,
            @Describe("column of items") String item,
            @Describe("column of ratings; empty for none") String rating,
            @Describe("column of times; empty for the table's order") String time,
            @Describe("rating from which an item was liked; others are left out. Needs rating") double leastRating,
            @Describe("interactions that a user must have") int perUser,
            @Describe("interactions that an item must have") int perItem,
            @Describe("what is held out of each user, or of the time") RecommendSplit split,
            @Describe("part that is held out; not of leave_one_out") double testFraction,
            @Describe("the model") RecommendModel model,
            @Describe("width of vectors") int dim,
            @Describe("layers of lightgcn and sasrec") int layers,
            @Describe("of neumf and sasrec") double dropout,
            @Describe("latest items that sasrec reads") int length,
            @Describe("similar items that item_knn keeps") int neighbours,
            @Describe("of item_knn: how little similarities count that few users vouch for") double shrink,
            @Describe("of two_tower: how sharp its scores are") double temperature,
            @Describe("items drawn for each that a user had; 0, for sasrec alone, compares with all") int negatives,
            @Describe("penalty on the vectors of a step") double l2,
            @Describe("passes over the interactions, at most") int epochs,
            @Describe("passes without a better ndcg, after which training ends") int patience,
            @Describe("interactions, or histories, in a step") int batchSize,
            @Describe("of Adam") double learningRate,
            @Describe("recommendations that are measured") int k,
            @Describe("exact, or hnsw for many items: quicker, and misses some") Search search,
            @Describe("of the first weights, the order and what is drawn") long seed) {
        public Config {
            atLeast(1, perUser, "per_user");
            atLeast(1, perItem, "per_item");
            atLeast(1, dim, "dim");
            atLeast(1, layers, "layers");
            atLeast(1, length, "length");
            atLeast(1, neighbours, "neighbours");
            atLeast(0, negatives, "negatives");
            atLeast(1, epochs, "epochs");
            atLeast(1, patience, "patience");
            atLeast(1, batchSize, "batch_size");
            atLeast(1, k, "k");
            between(0, 1, testFraction, "test_fraction");
            between(0, Double.POSITIVE_INFINITY, learningRate, "learning_rate");
            between(0, Double.POSITIVE_INFINITY, temperature, "temperature");
            if (!(dropout >= 0 && dropout < 1)) throw wrong("dropout", "from 0 to below 1", dropout);
            if (!(l2 >= 0)) throw wrong("l2", "0 or more", l2);
            if (!(shrink >= 0)) throw wrong("shrink", "0 or more", shrink);
            if (leastRating > Double.NEGATIVE_INFINITY && leastRating != 0 && rating.isEmpty()) {
                throw new IllegalArgumentException("least_rating: expected a column of ratings beside it. Received"
                        + " none; add rating=<column>.");
            }
            if (search == Search.HNSW && (model == RecommendModel.POPULARITY || model == RecommendModel.ITEM_KNN
                    || model == RecommendModel.NEUMF)) {
                throw new IllegalArgumentException("search: expected exact for " + model.name().toLowerCase()
                        + ", whose items have no vectors. Received hnsw.");
            }
        }

        private static void atLeast(int least, int value, String setting) {
            if (value < least) throw wrong(setting, "at least " + least, value);
        }

        private static void between(double low, double high, double value, String setting) {
            if (value > low && value < high) return;
            throw wrong(setting, high < Double.POSITIVE_INFINITY ? "between " + low + " and " + high
                    : "more than " + low, value);
        }

        private static IllegalArgumentException wrong(String setting, String expected, Object received) {
            return new IllegalArgumentException(setting + ": expected " + expected + ". Received " + received);
        }
    }

    @Override public String name() { return "recommend"; }

    @Override public String description() {
        return "Items for the users of a table: data=<file> user=<column> item=<column>, and a model such as lightgcn";
    }

    @Override public Config defaults() {
        return new Config("", "user", "item", "", "", 0, 2, 1, RecommendSplit.LAST, 0.2, RecommendModel.LIGHTGCN, 64, 2,
                0.2, 50, 100, 10, 0.1, 1, 1e-3, 200, 20, 1024, 5e-3, 10, Search.EXACT, 1337);
    }

    /** Reads the table, as the model depends on its users and items. */
    @Override public Job<?> job(Config config) {
        if (config.data.isEmpty()) {
            throw new IllegalArgumentException("data: expected a table's file. Received none; add data=<file>.");
        }
        var columns = new Interactions.Columns(config.user, config.item, config.rating, config.time);
        var all = Interactions.of(Table.read(Path.of(config.data)).frame(), columns);
        if (all.repeated() > 0) {
            LOG.log(Level.INFO, "{0} rows name a user and an item that a later row names too, and are left out.",
                    all.repeated());
        }
        if (config.leastRating != 0) all = all.atLeast(config.leastRating);
        if (config.perUser > 1 || config.perItem > 1) all = all.core(config.perUser, config.perItem);
        return new RecommendJob(config, config.split.of(all, config.testFraction, config.seed), null);
    }

    /** With the interactions that the run keeps: the table is not needed any more. */
    @Override public Job<?> job(Config config, Path run) {
        return new RecommendJob(config, InteractionFiles.load(run), run);
    }
}
