package dev.merapi.tabular.recommend;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Histories of two items or more, each place with what follows it and with items drawn for it. */
final class SequenceSamples implements Dataset<RankingBatch> {
    private final Interactions train;
    private final Negatives negatives;
    private final int length;
    private final int drawn;
    private final int[] users;

    SequenceSamples(Interactions train, int length, int drawn) {
        this.train = train;
        this.length = length;
        this.drawn = drawn;
        negatives = new Negatives(train);
        users = Arrays.stream(train.activeUsers()).filter(user -> train.count(user) > 1).toArray();
    }

    @Override public int size() { return users.length; }

    /** A batch of one. */
    @Override public RankingBatch get(int index) {
        return batch(new int[] {index}, new RandomGenerator[] {new SplittableRandom(index)});
    }

    @Override public RankingBatch batch(int[] indices, RandomGenerator[] randoms) {
        int rows = indices.length;
        var items = new long[rows * length];
        var next = new long[rows * length];
        var others = new long[rows * length * drawn];
        for (int row = 0; row < rows; row++) {
            int user = users[indices[row]];
            int[] history = train.itemsOf(user);
            var before = SasRec.sequence(Arrays.copyOf(history, history.length - 1), length);
            var after = SasRec.sequence(Arrays.copyOfRange(history, 1, history.length), length);
            System.arraycopy(before, 0, items, row * length, length);
            System.arraycopy(after, 0, next, row * length, length);
            for (int t = 0; t < length; t++) {
                if (before[t] == 0) continue;
                for (int n = 0; n < drawn; n++) {
                    others[(row * length + t) * drawn + n] = negatives.draw(user, randoms[row]) + 1;
                }
            }
        }
        return new RankingBatch.Sequences(Tensor.of(items, rows, length), Tensor.of(next, rows, length),
                Tensor.of(others, rows, length, drawn));
    }
}
