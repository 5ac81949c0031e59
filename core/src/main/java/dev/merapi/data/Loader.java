package dev.merapi.data;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Batches of a data set, made ahead on worker threads.
 *
 * <pre>{@code
 * var loader = Loader.of(data, 64).shuffle(1337).workers(2);
 * for (int epoch = 0; epoch < 10; epoch++) {
 *     for (var batch : loader) train(batch);       // batch is freed when the next one is taken
 * }
 * }</pre>
 *
 * Each pass is the next epoch. Order and random transforms follow from seed, epoch and place alone: the same batches
 * come with any number of workers, and after {@link #resume}. One pass is open at a time: the next one, and
 * {@link #close}, end it and free its batches; {@code try (var batches = loader.iterator())} ends it at a place in the
 * program. A loader is for one consuming thread.
 *
 * @param <B> a batch
 */
public final class Loader<B> implements BatchSource<B> {
    /** Makes the batch of some positions. */
    @FunctionalInterface
    interface Source<B> {
        B batch(int[] indices, RandomGenerator[] randoms);
    }

    private final Source<B> source;
    private final int size;
    private final int batchSize;
    private Sampler sampler;
    private long seed;
    private boolean dropLast;
    private boolean joinSingle;
    private boolean poisson;
    private int workers = 1;
    private int prefetch;
    private int rank;
    private int world = 1;

    private Position start = new Position(0, 0);
    private Prefetch<B> pass;

    private Loader(Source<B> source, int size, int batchSize) {
        if (size < 1) throw new IllegalArgumentException("Loader: expected at least one sample. Received an empty"
                + " data set; check the path, filter or split that made it.");
        Expect.atLeast("Loader.batchSize", 1, batchSize);
        this.source = source;
        this.size = size;
        this.batchSize = batchSize;
        this.sampler = Sampler.sequential(size);
    }

    /**
     * Batches by {@link Dataset#batch}, in the data set's order. A batch size above the number of samples gives one
     * short batch.
     *
     * @throws IllegalArgumentException for an empty data set, or a batch size below 1
     */
    public static <E> Loader<E> of(Dataset<E> data, int batchSize) {
        return new Loader<>(data::batch, data.size(), batchSize);
    }

    /** As {@link #of(Dataset, int)}, with batches made by {@code collate}. */
    public static <E, B> Loader<B> of(Dataset<E> data, int batchSize, Collate<E, B> collate) {
        return new Loader<>((indices, randoms) -> collate.collate(data.samples(indices, randoms)), data.size(),
                batchSize);
    }

    /**
     * Batches of as many samples of similar length as have at most {@code maxTokens} tokens, padding included: many
     * short ones, or few long ones, which take about as much memory and time. Their samples are the same in every
     * epoch; {@link #shuffle} changes the batches' order. A sampler's positions are batches, {@link #batchSize} is 1.
     *
     * <pre>{@code
     * var loader = Loader.maxTokens(texts, lengths, 4096, Collate.pad(Text::tokens, Text::label, 0)).shuffle(1337);
     * }</pre>
     *
     * @param lengths how many tokens, or frames, each sample has
     * @throws IllegalArgumentException for an empty data set, if there are more or fewer lengths than samples, or for a
     *     sample of more tokens than a batch may have
     */
    public static <E, B> Loader<B> maxTokens(Dataset<E> data, int[] lengths, long maxTokens, Collate<E, B> collate) {
        if (lengths.length != data.size()) {
            throw new IllegalArgumentException("Loader.maxTokens: expected a length for each of the " + data.size()
                    + " samples. Received " + lengths.length);
        }
        var batches = Buckets.fill(lengths, maxTokens);
        return new Loader<>((number, random) -> {
            int[] indices = batches.get(number[0]);
            var randoms = new RandomGenerator[indices.length];
            Arrays.fill(randoms, random[0]); // samples are read one after another
            return collate.collate(data.samples(indices, randoms));
        }, batches.size(), 1);
    }

    // ---- settings, from the next pass on

    /** A new order each epoch. The seed is also that of random transforms, see {@link #seed}. */
    public Loader<B> shuffle(long seed) { return sampler(Sampler.random(size, seed)).seed(seed); }

    /** Takes the samples that {@code sampler} says. */
    public Loader<B> sampler(Sampler sampler) {
        this.sampler = sampler;
        return this;
    }

    /** Seeds random transforms (0 unless set). */
    public Loader<B> seed(long seed) {
        this.seed = seed;
        return this;
    }

    /** Leaves out the last batch of an epoch if it is short. */
    public Loader<B> dropLast() {
        dropLast = true;
        return this;
    }

    /**
     * A last batch of a single sample joins the one before: for layers that compare the samples of a batch, such as
     * batch norm, and refuse one alone.
     */
    public Loader<B> joinSingle() {
        joinSingle = true;
        return this;
    }

    /**
     * Every batch holds each sample with the same chance, batch size through number of samples, whatever the others
     * hold, as differential privacy by sampling asks for: sizes vary around the batch size, and a batch may be empty,
     * with tensors of 0 rows. An epoch has as many batches as would hold all samples once. Takes the place of a
     * shuffle, a sampler and of what is done with a short last batch.
     *
     * @throws IllegalArgumentException for {@link #maxTokens}, and for a batch size of 1 or above the number of samples
     */
    public Loader<B> poisson(long seed) {
        Expect.that(batchSize > 1 && batchSize <= size, "Loader.poisson", "a batch size from 2 to the " + size
                + " samples", batchSize);
        poisson = true;
        sampler = Sampler.sequential(size);
        return seed(seed);
    }

    /** Number of samples of the data set. */
    public int samples() { return size; }

    /**
     * Threads that make batches (1 unless set); 0 makes them on the thread that takes them. With more than one, the
     * data set is read by several threads at once.
     */
    public Loader<B> workers(int count) {
        Expect.atLeast("Loader.workers", 0, count);
        workers = count;
        return this;
    }

    /** Batches made ahead, at most (two for each worker unless set). */
    public Loader<B> prefetch(int batches) {
        Expect.atLeast("Loader.prefetch", 1, batches);
        prefetch = batches;
        return this;
    }

    /**
     * Leaves the other batches of an epoch to {@code world - 1} loaders with the same data and settings, and other
     * ranks: this one gives number {@code rank}, {@code rank + world}, … Together they give what one loader without
     * this setting does, each batch once; the first ones may have one batch more than the last.
     *
     * @param rank from 0 to below {@code world}
     */
    @Override public Loader<B> shard(int rank, int world) {
        Shards.check("Loader.shard", rank, world);
        this.rank = rank;
        this.world = world;
        return this;
    }

    /** Batches in an epoch. */
    public int batches() { return (allBatches() - rank + world - 1) / world; }

    @Override public OptionalLong length() { return OptionalLong.of(batches()); }

    private int allBatches() {
        int full = sampler.size() / batchSize;
        int rest = sampler.size() % batchSize;
        if (poisson) return Math.max(1, Math.round(size / (float) batchSize));
        return rest == 0 || dropLast || joins(full, rest) ? full : full + 1;
    }

    private boolean joins(int full, int rest) { return joinSingle && !dropLast && rest == 1 && full > 0; }

    /** Samples in a full batch. */
    public int batchSize() { return batchSize; }

    // ---- passes

    /**
     * Begins the next epoch.
     *
     * @throws IllegalArgumentException if short batches are dropped and there is no other, or none for this shard
     */
    @Override public Batches<B> iterator() {
        if (allBatches() == 0) {
            throw new IllegalArgumentException("Loader: expected at least " + batchSize + " samples, one batch, as the"
                    + " short last batch is dropped. Received " + sampler.size());
        }
        if (batches() == 0) {
            throw new IllegalArgumentException("Loader: expected a batch for each of " + world + " shards. Received "
                    + allBatches() + " batches; use fewer shards, or smaller batches.");
        }
        if (pass != null) {
            pass.close();
            start = new Position(pass.epoch() + 1, 0);
        }
        int epoch = start.epoch();
        int[] order = sampler.order(epoch);
        int ahead = workers == 0 ? 0 : prefetch > 0 ? prefetch : 2 * workers;
        pass = new Prefetch<>(number -> {
            int whole = Math.toIntExact(number * world + rank); // its number among those of all shards
            return new Prefetch.Numbered<>(Made.by(() -> make(order, epoch, whole)), null);
        }, start, length(), workers, ahead);
        return pass;
    }

    /** Epoch and number of batches taken in it; after the end of a pass, the start of the next. */
    @Override public Position position() { return pass == null ? start : pass.position(); }

    /**
     * Lets the next pass go on from a position of a loader with the same data, seed and batch size: it gives the
     * batches that are left of that epoch.
     *
     * @throws IllegalArgumentException if an epoch has fewer batches
     */
    @Override public void resume(Position position) {
        if (position.batches() > batches()) {
            throw new IllegalArgumentException("Loader.resume: expected at most " + batches() + " batches in an epoch."
                    + " Received a place behind " + position.batches() + "; are data and batch size those of"
                    + " the run that wrote it?");
        }
        close();
        start = position;
        pass = null;
    }

    @Override public long plan(int epoch) {
        long whole = 31L * (31L * Arrays.hashCode(sampler.order(epoch)) + batchSize) + (poisson ? ~seed : seed);
        return world == 1 ? whole : 31L * (31L * whole + rank) + world;
    }

    /** Ends the pass under way: stops its workers, waits for them, and frees its batches. A new pass may begin. */
    @Override public void close() { if (pass != null) pass.close(); }

    /** Batch number {@code number} of an epoch, whose order is {@code order}. */
    private B make(int[] order, int epoch, int number) {
        if (poisson) return makePoisson(epoch, number);
        int from = number * batchSize;
        int full = order.length / batchSize;
        boolean takesAll = number == full - 1 && joins(full, order.length % batchSize);
        int to = takesAll ? order.length : Math.min(from + batchSize, order.length);
        return make(Arrays.copyOfRange(order, from, to), epoch, number, from);
    }

    private B makePoisson(int epoch, int number) {
        var random = Seeds.random(seed, Seeds.ORDER, epoch, number);
        double chance = (double) batchSize / size;
        int[] indices = IntStream.range(0, size).filter(_ -> random.nextDouble() < chance).toArray();
        long from = (long) number * size;
        if (indices.length > 0) return make(indices, epoch, number, from);
        return Tree.map(make(new int[1], epoch, number, from), x -> x.narrow(0, 0, 0));
    }

    /** @param from the place in the epoch of the first of these samples */
    private B make(int[] indices, int epoch, int number, long from) {
        var randoms = new RandomGenerator[indices.length];
        for (int i = 0; i < randoms.length; i++) randoms[i] = Seeds.random(seed, Seeds.SAMPLE, epoch, from + i);
        try {
            B batch = source.batch(indices, randoms);
            if (batch != null) return batch;
            throw new IllegalArgumentException("Loader: expected a batch from the data set. Received null.");
        } catch (RuntimeException e) {
            e.addSuppressed(new RuntimeException("Loader: in batch " + number + " of epoch " + epoch + ", samples "
                    + Arrays.toString(indices)));
            throw e;
        }
    }
}
