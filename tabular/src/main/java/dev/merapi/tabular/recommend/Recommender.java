package dev.merapi.tabular.recommend;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;

/**
 * A model that tells how well items suit users, both by their numbers in {@link Interactions}. B users, K items each.
 */
public abstract class Recommender extends Layer {
    /** Number of users that it knows. */
    public abstract int users();

    /** Number of items that it knows. */
    public abstract int items();

    /** How well some items suit. Shapes: users (B) and items (B, K), int64, to scores (B, K). */
    public abstract Tensor forward(Tensor users, Tensor items);

    /** How well every item suits. Shapes: users (B) int64 to scores (B, items). */
    public abstract Tensor scores(Tensor users);

    /**
     * The sum of the squares of the weights that stand for these users and items alone, each as often as it is named,
     * for a penalty on them: 0-d. Null where there are none.
     */
    protected Tensor squares(Tensor users, Tensor items) { return null; }

    /** What it says as it is now, for many users, one part after another. */
    public Scorer scorer() { return this::scores; }

    /** Scores of all items; what depends on the weights alone is computed once, and freed by closing. */
    @FunctionalInterface
    public interface Scorer extends AutoCloseable {
        /** Shapes: users (B) int64 to scores (B, items). */
        Tensor scores(Tensor users);

        @Override default void close() { }
    }
}
