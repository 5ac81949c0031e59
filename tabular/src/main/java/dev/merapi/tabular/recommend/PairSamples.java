package dev.merapi.tabular.recommend;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Interactions, each with items drawn for it. */
final class PairSamples implements Dataset<RankingBatch> {
    private final Interactions train;
    private final Negatives negatives;
    private final int drawn;
    private final int[] user;

    PairSamples(Interactions train, int drawn) {
        this.train = train;
        this.drawn = drawn;
        negatives = new Negatives(train);
        user = train.userOfEach();
    }

    @Override public int size() { return train.size(); }

    /** A batch of one. */
    @Override public RankingBatch get(int index) {
        return batch(new int[] {index}, new RandomGenerator[] {new SplittableRandom(index)});
    }

    @Override public RankingBatch batch(int[] indices, RandomGenerator[] randoms) {
        int width = 1 + drawn;
        var users = new long[indices.length];
        var items = new long[indices.length * width];
        var ratings = new double[indices.length];
        for (int i = 0; i < indices.length; i++) {
            users[i] = user[indices[i]];
            items[i * width] = train.item(indices[i]);
            ratings[i] = train.rating(indices[i]);
            for (int n = 1; n < width; n++) items[i * width + n] = negatives.draw(user[indices[i]], randoms[i]);
        }
        return new RankingBatch.Pairs(Tensor.of(users), Tensor.of(items, indices.length, width),
                Tensor.of(ratings).to(DType.FLOAT32));
    }
}
