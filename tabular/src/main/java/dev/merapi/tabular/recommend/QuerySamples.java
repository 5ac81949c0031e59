package dev.merapi.tabular.recommend;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Users with a history, and what they chose later. */
final class QuerySamples implements Dataset<RankingBatch> {
    private final Interactions test;
    private final int[] users;

    /** Of those users alone who have interactions in both. */
    QuerySamples(Interactions train, Interactions test) {
        this.test = test;
        users = Arrays.stream(test.activeUsers()).filter(user -> train.count(user) > 0).toArray();
        if (users.length > 0) return;
        throw new IllegalArgumentException("RankingTask.test: expected users with interactions both to learn from and"
                + " to measure with. Received " + train + " and " + test + " without; split them otherwise.");
    }

    @Override public int size() { return users.length; }

    /** A batch of one. */
    @Override public RankingBatch get(int index) { return batch(new int[] {index}, new RandomGenerator[1]); }

    @Override public RankingBatch batch(int[] indices, RandomGenerator[] randoms) {
        int[] some = Arrays.stream(indices).map(index -> users[index]).toArray();
        int longest = Arrays.stream(some).map(test::count).max().orElse(0);
        var relevant = new long[some.length * longest];
        Arrays.fill(relevant, -1);
        for (int row = 0; row < some.length; row++) {
            int at = row * longest;
            for (int item : test.itemsOf(some[row])) relevant[at++] = item;
        }
        return new RankingBatch.Queries(Tensor.of(Arrays.stream(some).asLongStream().toArray()),
                Tensor.of(relevant, some.length, longest));
    }
}
