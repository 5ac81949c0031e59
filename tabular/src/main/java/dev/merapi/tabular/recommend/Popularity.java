package dev.merapi.tabular.recommend;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** The same for everybody: an item's score is its number of interactions. What every other model must beat. */
public final class Popularity extends Recommender {
    final State counts; // (items)
    private final int users;

    private Popularity(Tensor counts, int users) {
        this.counts = new State(counts);
        this.users = users;
    }

    public static Popularity of(Interactions train) {
        try (var _ = Scope.open()) {
            var counts = Tensor.of(Arrays.stream(train.countsOfItems()).asDoubleStream().toArray());
            return new Popularity(counts.to(DType.FLOAT32), train.users().size());
        }
    }

    @Override public int users() { return users; }

    @Override public int items() { return (int) counts.numel(); }

    @Override public Tensor forward(Tensor some, Tensor items) {
        return counts.indexSelect(0, items.flatten()).reshape(items.shape());
    }

    @Override public Tensor scores(Tensor some) { return counts.unsqueeze(0).expand(some.numel(), counts.numel()); }
}
