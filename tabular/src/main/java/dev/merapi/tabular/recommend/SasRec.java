package dev.merapi.tabular.recommend;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.LearnedPositions;
import dev.merapi.nn.Mask;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * A Transformer that reads a user's items in the order of time and foretells the next: the score of an item is the
 * product of its vector and what the last place has become. Kang and McAuley 2018 (arXiv:1808.09781).
 *
 * <p>It has no weights for users: a history suffices, also one that it was not trained on. Sequences hold items + 1; 0
 * fills up their beginning. B histories, T places, D width.
 */
public final class SasRec extends VectorRecommender {
    /**
     * @param length T, of the latest items
     * @param dim D
     * @param dropout of vectors, attention and feed-forward
     */
    public record Options(int length, int dim, int layers, int heads, double dropout) {
        /** Those of the paper for small data: 50 places, width 64, two layers of one head. */
        public static final Options DEFAULT = new Options(50, 64, 2, 1, 0.2);

        public Options {
            if (length < 1) {
                throw new IllegalArgumentException("SasRec: expected a length of at least 1. Received " + length);
            }
        }
    }

    final Param items; // (items + 1, D): 0 fills up
    final LearnedPositions positions;
    final TransformerEncoder encoder;
    private final Options options;
    private final Interactions histories;

    /** @param histories of the users that {@link #userVectors} is asked about */
    public SasRec(Interactions histories, Options options) {
        this.histories = histories;
        this.options = options;
        items = param(Init.normal(0, 0.02), histories.items().size() + 1, options.dim);
        positions = new LearnedPositions(options.length, options.dim);
        encoder = new TransformerEncoder(options.layers, options.dim, options.heads, options.dim,
                TransformerOptions.DEFAULT.dropout(options.dropout).preNorm(true));
    }

    @Override public int users() { return histories.users().size(); }

    @Override public int items() { return (int) items.size(0) - 1; }

    public Options options() { return options; }

    /** What each place has become. Shapes: sequences (B, T) int64 to (B, T, D). */
    public Tensor encode(Tensor sequences) {
        var filled = sequences.eq(0);
        var x = F.embedding(sequences, items, 0).mul(Math.sqrt(options.dim));
        x = F.dropout(positions.forward(x), options.dropout, isTraining());
        return encoder.forward(x, Mask.causal().and(Mask.padding(filled)));
    }

    /** A history as a row of sequences: its latest items + 1, and zeros before. */
    static long[] sequence(int[] history, int length) {
        var row = new long[length];
        int count = Math.min(length, history.length);
        for (int i = 0; i < count; i++) row[length - 1 - i] = history[history.length - 1 - i] + 1;
        return row;
    }

    /** Vectors of users by their histories, the earliest item first. Shapes: B histories to (B, D). */
    public Tensor vectorsOf(int[]... someHistories) {
        var rows = Arrays.stream(someHistories).flatMapToLong(h -> Arrays.stream(sequence(h, options.length)))
                .toArray();
        var sequences = Tensor.of(rows, someHistories.length, options.length).to(items.device());
        return encode(sequences).select(1, -1);
    }

    @Override public Tensor userVectors(Tensor users) {
        return vectorsOf(Arrays.stream(users.toInts()).mapToObj(histories::itemsOf).toArray(int[][]::new));
    }

    @Override public Tensor itemVectors() { return items.narrow(0, 1, items()); }

    @Override public Tensor itemVectors(Tensor some) { return F.embedding(some.add(1), items, -1); }
}
