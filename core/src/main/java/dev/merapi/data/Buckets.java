package dev.merapi.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Orders samples so that each batch holds similar lengths. */
final class Buckets {
    /** Batches to a chunk: enough to sort in, and few enough that a batch holds other samples in every epoch. */
    private static final int CHUNK = 50;

    private Buckets() {}

    static int[] order(int[] lengths, int batchSize, SplittableRandom random) {
        int[] shuffled = Seeds.shuffle(IntStream.range(0, lengths.length).toArray(), random);
        int batches = lengths.length / batchSize;
        int full = batches * batchSize; // the samples after it are the short last batch
        for (long from = 0; from < full; from += (long) CHUNK * batchSize) {
            sort(shuffled, (int) from, (int) Math.min(from + (long) CHUNK * batchSize, full), lengths);
        }
        int[] order = shuffled.clone();
        int[] places = Seeds.shuffle(IntStream.range(0, batches).toArray(), random);
        for (int b = 0; b < batches; b++) {
            System.arraycopy(shuffled, places[b] * batchSize, order, b * batchSize, batchSize);
        }
        return order;
    }

    /** Sorts a part by length; equally long ones by position. */
    private static void sort(int[] positions, int from, int to, int[] lengths) {
        long[] sorted = IntStream.range(from, to).mapToLong(i -> (long) lengths[positions[i]] << 32 | positions[i])
                .sorted().toArray();
        for (int i = from; i < to; i++) positions[i] = (int) sorted[i - from];
    }

    /** All positions by length, cut into batches with at most {@code maxTokens} tokens, padding included. */
    static List<int[]> fill(int[] lengths, long maxTokens) {
        int[] sorted = IntStream.range(0, lengths.length).toArray();
        sort(sorted, 0, sorted.length, lengths);
        var batches = new ArrayList<int[]>();
        int from = 0;
        for (int i = 0; i < sorted.length; i++) {
            long length = Math.max(1, lengths[sorted[i]]); // the longest so far
            if (length > maxTokens) {
                throw new IllegalArgumentException("Loader.maxTokens: expected samples of at most " + maxTokens
                        + " tokens, a whole batch. Received " + length + " for sample " + sorted[i]
                        + "; cut it, or raise maxTokens.");
            }
            if ((i - from + 1) * length > maxTokens) {
                batches.add(Arrays.copyOfRange(sorted, from, i));
                from = i;
            }
        }
        if (from < sorted.length) batches.add(Arrays.copyOfRange(sorted, from, sorted.length));
        return batches;
    }
}
