package dev.merapi.parallel;

import dev.merapi.data.BatchSource;
import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Data parallelism: every rank has the whole model and learns from its own part of each step's samples; the gradients
 * of all are added, so that all take the step of the one big batch.
 *
 * <pre>{@code
 * try (var group = ProcessGroup.join(Rendezvous.ofEnvironment()); var parallel = DataParallel.of(group)) {
 *     var trainer = Trainer.of(Classification.of(model, 10)).optimizer(m -> new Sgd(m, 0.1)).strategy(parallel);
 *     trainer.fit(train, test);
 * }
 * }</pre>
 *
 * A step's batch is a batch of every rank: with {@code n} ranks it is {@code n} times the loader's. The ranks begin
 * with rank 0's weights and states. Gradients travel in buckets, while backward is still at work on the layers before
 * them. Random numbers, such as dropout's, differ from rank to rank, those of rank 0 being the ones of a process
 * alone. Batch norms take the mean and deviation over the batches of all ranks, unless that is switched off; running
 * statistics are then averaged before they are used or saved.
 */
public final class DataParallel implements Strategy, AutoCloseable {
    /**
     * @param bucketBytes gradients that travel at once, about
     * @param overlap whether gradients travel while backward runs
     * @param synchronizeNorms whether batch norms look at the batches of all ranks; a message more for each of them,
     *     forward and backward
     * @param compression how gradients travel
     * @param ownData whether each rank has training data of its own; if not, all have the same and each takes a part
     */
    public record Options(long bucketBytes, boolean overlap, boolean synchronizeNorms, Compression compression,
            boolean ownData) {
        public static final Options DEFAULT = new Options(25 << 20, true, true, Compression.none(), false);

        public Options {
            Objects.requireNonNull(compression, "compression");
            if (bucketBytes < 1) {
                throw new IllegalArgumentException("DataParallel: expected buckets of at least 1 byte. Received "
                        + bucketBytes);
            }
        }

        /**
         * The default for a model and its data: batch norms look at the batches of all ranks where each has as many,
         * and else at their own.
         *
         * @param train opens the training data that all ranks have; asked where there are batch norms
         */
        public static Options fitting(Layer model, Supplier<? extends BatchSource<?>> train, int world) {
            if (model.layers().values().stream().noneMatch(BatchNorm.class::isInstance)) return DEFAULT;
            try (var data = train.get()) {
                return DEFAULT.synchronizeNorms(data.length().orElse(1) % world == 0);
            }
        }

        /** The same with buckets of about so many bytes, from 1. */
        public Options bucketBytes(long bytes) {
            return new Options(bytes, overlap, synchronizeNorms, compression, ownData);
        }

        /** The same whose gradients travel while backward runs, or after it. */
        public Options overlap(boolean on) {
            return new Options(bucketBytes, on, synchronizeNorms, compression, ownData);
        }

        /** The same whose batch norms look at the batches of all ranks, or each at its own. */
        public Options synchronizeNorms(boolean on) {
            return new Options(bucketBytes, overlap, on, compression, ownData);
        }

        /** The same whose gradients travel in another form. */
        public Options compression(Compression kind) {
            return new Options(bucketBytes, overlap, synchronizeNorms, kind, ownData);
        }

        /** The same for ranks that have training data of their own, or that each take a part of the same. */
        public Options ownData(boolean on) {
            return new Options(bucketBytes, overlap, synchronizeNorms, compression, on);
        }
    }

    private final ProcessGroup group;
    private final Options options;
    private final Map<List<Param>, GradientBuckets> buckets = new IdentityHashMap<>();
    private final Map<Param, String> names = new IdentityHashMap<>();
    private ProcessGroup norms; // for batch norms; null: there are none
    private long batches = -1; // of this rank in a pass; -1: nobody knows
    private boolean failed;

    private DataParallel(ProcessGroup group, Options options) {
        this.group = group;
        this.options = options;
    }

    /** With the default options. */
    public static DataParallel of(ProcessGroup group) { return of(group, Options.DEFAULT); }

    /** @param group stays open when this is closed */
    public static DataParallel of(ProcessGroup group, Options options) { return new DataParallel(group, options); }

    @Override public int rank() { return group.rank(); }

    @Override public int world() { return group.world(); }

    // ---- before the fit

    /**
     * Every {@code world}-th batch, unless ranks have their own: the first ranks may have one more in a pass than the
     * others.
     *
     * @throws IllegalArgumentException if it is known that this rank has none
     */
    @Override public <B> BatchSource<B> prepare(BatchSource<B> train) {
        var part = options.ownData() ? train : train.shard(rank(), world());
        batches = part.length().orElse(-1);
        if (batches == 0) {
            throw new IllegalArgumentException("DataParallel: expected at least one batch on each rank. Received none"
                    + " on rank " + rank() + " of " + world() + "; take fewer ranks or smaller batches.");
        }
        return part;
    }

    /**
     * Gives all ranks rank 0's weights and states, and each other random numbers.
     *
     * @throws IllegalStateException if ranks have other models
     * @throws IllegalArgumentException if batch norms are synchronized and ranks have different numbers of batches
     */
    @Override public void prepare(Layer model) { prepare(model, model.tensors().values()); }

    /** @param given what all ranks get from rank 0; the rest of the model is the caller's business */
    void prepare(Layer model, Collection<Tensor> given) {
        close(); // that of an earlier fit
        group.expectSame("model", describe(model));
        model.params().forEach((name, param) -> names.put(param, name));
        try (var _ = Torch.noGrad()) {
            given.stream().distinct().forEach(tensor -> group.broadcast(tensor, 0));
        }
        seed();
        if (options.synchronizeNorms() && world() > 1) synchronize(model);
    }

    static String describe(Layer model) {
        long hash = 17;
        for (var tensor : model.tensors().entrySet()) {
            hash = 31 * hash + Objects.hash(tensor.getKey(), Arrays.hashCode(tensor.getValue().shape()),
                    tensor.getValue().dtype().toString());
        }
        return model.getClass().getSimpleName() + " with " + model.parameterCount() + " parameters (hash of names,"
                + " shapes and types " + Long.toHexString(hash) + ")";
    }

    private void seed() {
        String first = group.gather(rank() == 0 ? "" + stateHash() : "").getFirst();
        if (rank() > 0) Torch.seed(Long.parseLong(first) * 31 + rank());
    }

    private static long stateHash() {
        try (var _ = Scope.open()) {
            return Arrays.hashCode(Torch.rngState().toBytes());
        }
    }

    private void synchronize(Layer model) {
        var all = model.layers().values().stream().filter(BatchNorm.class::isInstance).map(BatchNorm.class::cast)
                .toList();
        if (all.isEmpty()) return;
        if (group.max(batches) != -group.max(-batches)) {
            throw new IllegalArgumentException("DataParallel: expected as many batches on each rank, as batch norms"
                    + " wait for all of them. Received " + batches + " on rank " + rank() + "; drop some samples,"
                    + " choose another batch size, or use DataParallel.Options.synchronizeNorms(false).");
        }
        if (norms == null) norms = group.sibling("norms");
        all.forEach(norm -> norm.synchronize(this::sumWithGradient));
    }

    /** The sum over all ranks, (n) each. Its gradient is the sum of all ranks' gradients. */
    private Tensor sumWithGradient(Tensor local) {
        if (failed) return local; // looking for what went wrong, while the others have given up
        Tensor total = local.detach().copy();
        norms.allReduce(total, Reduction.SUM);
        if (!local.requiresGrad()) return total;
        local.onGradient(gradient -> {
            Tensor sum = gradient.copy();
            norms.allReduce(sum, Reduction.SUM);
            return sum;
        });
        return total.add(local.sub(local.detach())); // adds 0, and the way for the gradient
    }

    // ---- in a step

    @Override public void beforeLast(List<Param> params) {
        var known = buckets.get(params); // made in reduce, in which all ranks take part
        if (known != null && known.fit()) known.collect();
    }

    @Override public void reduce(List<Param> params) { bucketsOf(params).reduce(); }

    private GradientBuckets bucketsOf(List<Param> params) {
        var known = buckets.get(params);
        if (known != null && known.fit()) return known;
        if (known != null) known.close();
        var made = new GradientBuckets(group, params, names, options);
        buckets.put(params, made);
        return made;
    }

    @Override public double sum(double value) { return group.sum(value); }

    @Override public double max(double value) { return group.max(value); }

    @Override public List<String> gather(String text) { return group.gather(text); }

    /** Averages the running statistics of batch norms that were not synchronized. */
    @Override public void settle(Layer model) {
        if (world() == 1 || norms != null) return;
        try (var _ = Torch.noGrad()) {
            model.layers().values().stream().filter(BatchNorm.class::isInstance).flatMap(norm ->
                    norm.tensors().entrySet().stream().filter(t -> t.getKey().startsWith("running")))
                    .forEach(statistic -> {
                        group.allReduce(statistic.getValue(), Reduction.SUM);
                        statistic.getValue().div_(world());
                    });
        }
    }

    @Override public void fail() {
        failed = true;
        if (norms != null) norms.fail();
        group.fail();
    }

    /** Forgets the model; the group stays open. */
    @Override public void close() {
        buckets.values().forEach(GradientBuckets::close);
        buckets.clear();
        if (norms != null) norms.close();
        norms = null;
    }
}
