package dev.merapi.tabular.recommend;

import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A recommender whose score is the product of a user's vector and an item's, so that the best items are found by an
 * {@link ItemIndex}. D is their width.
 */
public abstract class VectorRecommender extends Recommender {
    /** Shapes: users (B) int64 to (B, D). */
    public abstract Tensor userVectors(Tensor users);

    /** Of all items: (items, D). */
    public abstract Tensor itemVectors();

    /** Shapes: items (…) int64 to (…, D). */
    public Tensor itemVectors(Tensor items) {
        var rows = itemVectors().indexSelect(0, items.flatten());
        long[] shape = items.shape();
        return items.rank() == 1 ? rows : rows.unflatten(0, shape);
    }

    @Override public Tensor forward(Tensor users, Tensor items) {
        return products(userVectors(users), itemVectors(items));
    }

    /** Shapes: (B, D) and (B, K, D) to (B, K). */
    static Tensor products(Tensor user, Tensor items) {
        return items.matmul(user.unsqueeze(2)).squeeze(2);
    }

    @Override public Tensor scores(Tensor users) { return userVectors(users).matmul(itemVectors().mT()); }

    @Override public Vectors scorer() { return new Vectors(this::userVectors, itemVectors(), null); }

    /** The vectors of a model as it is now; closing frees them. */
    public static final class Vectors implements Scorer {
        private final UnaryOperator<Tensor> userVectors;
        private final Tensor items; // (items, D)
        private final Tensor users; // (users, D), or null

        private Vectors(UnaryOperator<Tensor> userVectors, Tensor items, Tensor users) {
            this.items = items.detach().copy().owned();
            this.users = users == null ? null : users.detach().copy().owned();
            this.userVectors = users == null ? userVectors : some -> this.users.indexSelect(0, some);
        }

        /** Of all users (users, D) and all items (items, D). */
        static Vectors of(Tensor users, Tensor items) { return new Vectors(null, items, users); }

        /** (items, D) */
        public Tensor items() { return items; }

        /** Shapes: users (B) int64 to (B, D). */
        public Tensor users(Tensor some) { return userVectors.apply(some); }

        @Override public Tensor scores(Tensor some) { return users(some).matmul(items.mT()); }

        @Override public void close() {
            items.close();
            if (users != null) users.close();
        }
    }
}
