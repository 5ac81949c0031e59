package dev.merapi.data;

import dev.merapi.tensor.Expect;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Which samples an epoch takes, in which order. */
public interface Sampler {
    /** Number of positions in an epoch. */
    int size();

    /** The positions of an epoch, counted from 0; the same each time for the same epoch. */
    int[] order(int epoch);

    /** 0, 1, 2, … */
    static Sampler sequential(int size) { return of(size, _ -> IntStream.range(0, size).toArray()); }

    /** Every position once, in an order that follows from seed and epoch. */
    static Sampler random(int size, long seed) {
        return of(size, epoch -> Seeds.shuffle(IntStream.range(0, size).toArray(),
                Seeds.random(seed, Seeds.ORDER, epoch)));
    }

    /** {@code draws} positions below {@code size}, each drawn anew from all, so that one may come twice. */
    static Sampler replacement(int size, int draws, long seed) {
        return of(draws, epoch -> Seeds.random(seed, Seeds.ORDER, epoch).ints(draws, 0, size).toArray());
    }

    /**
     * {@code draws} positions, each drawn anew with probability proportional to its weight.
     *
     * @throws IllegalArgumentException for a weight below 0 or not finite, or if no weight is above 0
     */
    static Sampler weighted(double[] weights, int draws, long seed) {
        double[] sums = weights.clone(); // up to and with each position
        for (int i = 0; i < sums.length; i++) {
            if (!(weights[i] >= 0 && weights[i] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Sampler.weighted: expected finite weights from 0. Received "
                        + weights[i] + " at " + i);
            }
            if (i > 0) sums[i] += sums[i - 1];
        }
        double total = sums.length == 0 ? 0 : sums[sums.length - 1];
        if (total <= 0) {
            throw new IllegalArgumentException("Sampler.weighted: expected a weight above 0. Received none");
        }
        return of(draws, epoch -> {
            var random = Seeds.random(seed, Seeds.ORDER, epoch);
            return IntStream.range(0, draws).map(_ -> firstAbove(sums, random.nextDouble() * total)).toArray();
        });
    }

    private static int firstAbove(double[] sums, double value) {
        int low = 0, high = sums.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sums[middle] > value) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /**
     * Every class as often as the most frequent one: all its samples, as many times as they fit, and a random choice of
     * them for the rest, new each epoch.
     *
     * @param labels the class of each position
     */
    static Sampler oversampling(int[] labels, long seed) {
        var classes = Classes.positions(labels);
        return balanced(classes, classes.stream().mapToInt(c -> c.length).max().orElse(0), seed);
    }

    /** Every class as often as the rarest one, by a random choice that is new each epoch. */
    static Sampler undersampling(int[] labels, long seed) {
        var classes = Classes.positions(labels);
        return balanced(classes, classes.stream().mapToInt(c -> c.length).min().orElse(0), seed);
    }

    private static Sampler balanced(List<int[]> classes, int each, long seed) {
        return of(classes.size() * each, epoch -> {
            var random = Seeds.random(seed, Seeds.ORDER, epoch);
            var order = new int[classes.size() * each];
            int filled = 0;
            for (int[] positions : classes) {
                for (int left = each; left > 0; left -= Math.min(left, positions.length)) {
                    int[] some = Seeds.shuffle(positions.clone(), random);
                    int n = Math.min(left, some.length);
                    System.arraycopy(some, 0, order, filled, n);
                    filled += n;
                }
            }
            return Seeds.shuffle(order, random);
        });
    }

    /**
     * Every position once, with samples of similar length in one batch, so that little of it is padding: positions are
     * shuffled, sorted by length in chunks of 50 batches, and the batches shuffled. A short last batch is any samples.
     *
     * @param lengths the length of each sample
     * @param batchSize the loader's
     * @throws IllegalArgumentException for a batch size below 1
     */
    static Sampler bucketed(int[] lengths, int batchSize, long seed) {
        Expect.atLeast("Sampler.bucketed.batchSize", 1, batchSize);
        int[] copy = lengths.clone();
        return of(copy.length, epoch -> Buckets.order(copy, batchSize, Seeds.random(seed, Seeds.ORDER, epoch)));
    }

    /**
     * Batches of {@code classes · each} positions, one after the other: {@code each} of one class, {@code each} of the
     * next, from {@code classes} classes that are drawn with equal chance, new each epoch. A class gives all its
     * positions before one comes again. For losses that compare samples with each other, such as triplets.
     *
     * @param labels the class of each position; an epoch is as long, rounded up to whole batches
     * @throws IllegalArgumentException if there are fewer classes
     */
    static Sampler byClass(int[] labels, int classes, int each, long seed) {
        var all = Classes.positions(labels);
        Expect.atLeast("Sampler.byClass.each", 1, each);
        Expect.that(classes >= 1 && classes <= all.size(), "Sampler.byClass.classes", "1 to " + all.size(), classes);
        int batches = Math.ceilDiv(labels.length, classes * each);
        return of(batches * classes * each, epoch -> {
            var random = Seeds.random(seed, Seeds.ORDER, epoch);
            var decks = all.stream().map(positions -> Seeds.shuffle(positions.clone(), random)).toList();
            var next = new int[decks.size()];
            var order = IntStream.builder();
            var deal = IntStream.range(0, decks.size()).toArray();
            for (int i = 0, at = deal.length; i < batches; i++) {
                if (at + classes > deal.length) {
                    Seeds.shuffle(deal, random);
                    at = 0;
                }
                for (int c = 0; c < classes; c++) {
                    int chosen = deal[at++];
                    int[] deck = decks.get(chosen);
                    for (int j = 0; j < each; j++) order.add(deck[next[chosen]++ % deck.length]);
                }
            }
            return order.build().toArray();
        });
    }

    private static Sampler of(int size, IntFunction<int[]> order) {
        return new Sampler() {
            @Override public int size() { return size; }
            @Override public int[] order(int epoch) { return order.apply(epoch); }
        };
    }
}
