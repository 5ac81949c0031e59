package dev.merapi.parallel;

import dev.merapi.data.BatchSource;
import dev.merapi.io.LazyTensor;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Blocks;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Clip;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tensor.ActivationCheckpoint;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Data parallelism whose ranks share the memory of one model: each keeps a part of the weights, of their gradients and
 * of the optimizer's moments (Rajbhandari et al. 2020, "ZeRO", stages 2 and 3; Zhao et al. 2023, "PyTorch FSDP").
 *
 * <pre>{@code
 * try (var sharded = FullyShardedDataParallel.of(group, layer -> layer instanceof TransformerEncoderLayer)) {
 *     trainer.strategy(sharded)
 *             .optimizer(m -> sharded.optimizer(ParamGroup.decayMatrices(m), groups -> new AdamW(groups, 1e-3)))
 *             .fit(train, test);
 * }
 * }</pre>
 *
 * The weights of a block are gathered when it runs and freed behind it; backward gathers them again, computes the block
 * anew from its input, and leaves each rank its part of the summed gradients. What is in no block is whole on all
 * ranks, its gradients and moments being divided after backward. Steps are those of {@link DataParallel}, with any
 * optimizer that treats each element by itself, as SGD and Adam do. All ranks need as many batches, for they wait for
 * one another within them.
 *
 * <p>No rank ever has all weights, unless {@link #gather} is called: a model that is built on {@link Device#META} gets
 * its weights from a file, of which each rank reads its part, or from rank 0, parameter by parameter; and in the same
 * way they are saved. Ranks evaluate together, on as many batches each. In a checkpoint the weights are whole, and each
 * rank writes its part of the moments; any number of ranks reads them again.
 */
public final class FullyShardedDataParallel implements Strategy, AutoCloseable {
    private final ProcessGroup group;
    private final DataParallel parallel; // for all but gradients
    private final Predicate<Layer> blocks;
    private final boolean shardWeights;
    private final Path weights; // a file to begin with; null: rank 0's
    private final List<ShardedUnit> units = new ArrayList<>(); // by block, then the rest
    private final Map<Param, Param> shards = new IdentityHashMap<>();
    private final List<Guard> runners = new ArrayList<>();

    private FullyShardedDataParallel(ProcessGroup group, Predicate<Layer> blocks, boolean shardWeights, Path weights) {
        this.group = group;
        this.blocks = blocks;
        this.shardWeights = shardWeights;
        this.weights = weights;
        parallel = DataParallel.of(group);
    }

    /**
     * Divides weights, gradients and moments.
     *
     * @param group stays open when this is closed
     * @param blocks whether a layer is one of those that the model runs one after the other, by {@link Blocks}
     */
    public static FullyShardedDataParallel of(ProcessGroup group, Predicate<Layer> blocks) {
        return new FullyShardedDataParallel(group, blocks, true, null);
    }

    /**
     * The same, or one that divides gradients and moments alone (stage 2): each rank has all weights, which travel once
     * in a step and not three times.
     */
    public FullyShardedDataParallel shardWeights(boolean on) {
        return new FullyShardedDataParallel(group, blocks, on, weights);
    }

    /**
     * The same whose fits begin with the weights in a file, or the folder of a model, which all ranks see. The model
     * may lie on {@link Device#META}, so that no rank ever has all of it:
     *
     * <pre>{@code
     * TransformerEncoder encoder;
     * try (var _ = Torch.on(Device.META)) {
     *     encoder = new TransformerEncoder(12, 512, 8, 2048, TransformerOptions.DEFAULT);
     * }
     * }</pre>
     *
     * Without a file, the model may lie there on all ranks but rank 0.
     */
    public FullyShardedDataParallel weights(Path file) {
        return new FullyShardedDataParallel(group, blocks, shardWeights, file);
    }

    @Override public int rank() { return group.rank(); }

    @Override public int world() { return group.world(); }

    @Override public boolean keepsWeights() { return false; }

    @Override public boolean givesValues() { return true; }

    // ---- before the fit

    /** @throws IllegalArgumentException if ranks have different numbers of batches */
    @Override public <B> BatchSource<B> prepare(BatchSource<B> train) {
        var part = parallel.prepare(train);
        long batches = part.length().orElse(-1);
        if (group.max(batches) == -group.max(-batches)) return part;
        throw new IllegalArgumentException("FullyShardedDataParallel: expected as many batches on each rank, as blocks"
                + " wait for all of them. Received " + batches + " on rank " + rank() + "; drop some samples or choose"
                + " another batch size.");
    }

    /**
     * Gives all ranks rank 0's weights, or those of the file, and divides them.
     *
     * @throws IllegalArgumentException if no layer is a block, the file does not fit, or rank 0 has no weights either
     */
    @Override public void prepare(Layer model) {
        close();
        var saved = weights == null ? null : Weights.open(weights);
        if (saved != null) saved.expectFit(model);
        var states = states(model);
        states.forEach((name, state) -> {
            if (state.device().equals(Device.META)) ((State) state).set(onCpu(state));
            if (saved != null) state.copy_(saved.tensor(name));
        });
        parallel.prepare(model, states.values());
        divide(model, saved == null ? this::ofRank0 : source(saved, model));
    }

    private static Map<String, Tensor> states(Layer model) {
        var states = new LinkedHashMap<>(model.tensors());
        states.values().removeIf(tensor -> !(tensor instanceof State));
        return states;
    }

    /** Memory, without values. */
    private static Tensor onCpu(Tensor meta) {
        return Tensor.call("empty_like", "", meta.detach(), null, null, Device.CPU, null, null);
    }

    private Tensor ofRank0(String name, Param param) {
        boolean isMeta = param.device().equals(Device.META);
        if (group.max(isMeta && rank() == 0 ? 1 : 0) > 0) {
            throw new IllegalArgumentException("FullyShardedDataParallel: expected values of " + name + " on rank 0."
                    + " Received a parameter on meta; build the model there with values, or name a file by weights().");
        }
        if (isMeta) param.set(onCpu(param));
        group.broadcast(param, 0);
        return param;
    }

    /** Of a parameter that is used twice, a file may have the other name. */
    private static ShardedUnit.Source source(Weights saved, Layer model) {
        var names = new IdentityHashMap<Tensor, String>();
        model.tensors().forEach((name, tensor) -> {
            if (saved.names().contains(name)) names.putIfAbsent(tensor, name);
        });
        return (_, param) -> saved.tensor(names.get(param)).to(param.dtype());
    }

    private void divide(Layer model, ShardedUnit.Source source) {
        var rest = model.params();
        var all = new ArrayList<Layer>();
        model.layers().values().stream().filter(blocks).distinct().forEach(all::add);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("FullyShardedDataParallel: expected some layers to be blocks. Received "
                    + model.getClass().getSimpleName() + " without any.");
        }
        for (Layer block : all) {
            var own = new LinkedHashMap<String, Param>();
            var inside = identities(block);
            rest.forEach((name, param) -> {
                if (inside.containsKey(param) && !isElsewhere(param, block, all)) own.put(name, param);
            });
            rest.keySet().removeAll(own.keySet());
            var unit = new ShardedUnit(group, own, !shardWeights, source);
            units.add(unit);
            runners.add(Blocks.runBy((forward, x) -> run(unit, forward, x), block));
        }
        units.add(new ShardedUnit(group, rest, true, source));
        units.forEach(unit -> shards.putAll(unit.shards()));
    }

    private static Map<Param, Boolean> identities(Layer layer) {
        var params = new IdentityHashMap<Param, Boolean>();
        layer.params().values().forEach(param -> params.put(param, true));
        return params;
    }

    private static boolean isElsewhere(Param param, Layer block, List<Layer> all) {
        return all.stream().anyMatch(other -> other != block && identities(other).containsKey(param));
    }

    private static Tensor run(ShardedUnit unit, UnaryOperator<Tensor> forward, Tensor x) {
        if (Torch.isGradEnabled()) unit.train();
        return ActivationCheckpoint.of(forward, new ActivationCheckpoint.Around() {
            @Override public Guard forward() { return unit.held(); }

            @Override public Guard backward() { return unit.heldForGradients(); }
        }).apply(x);
    }

    /**
     * An optimizer of this rank's shards, made when the fit begins.
     *
     * @param groups of the model's parameters, the same on all ranks
     * @param make makes it for groups of shards, which are flat
     */
    public Optimizer optimizer(List<ParamGroup> groups, Function<List<ParamGroup>, Optimizer> make) {
        if (shards.isEmpty()) {
            throw new IllegalStateException("FullyShardedDataParallel.optimizer: expected a fit that has begun. Give it"
                    + " to the trainer by optimizer(m -> sharded.optimizer(…)).");
        }
        var sizes = new LinkedHashMap<String, Long>();
        var mine = groups.stream().map(one -> {
            var parts = new LinkedHashMap<String, Param>();
            one.params().forEach((name, param) -> {
                sizes.put(name, param.numel());
                parts.put(name, shards.get(param));
            });
            return new ParamGroup(parts, one.rate(), one.decay());
        }).toList();
        return new FlatShardOptimizer(make.apply(mine), sizes, group.rank(), group.world());
    }

    // ---- in a step

    @Override public void reduce(List<Param> params) {
        if (units.stream().limit(units.size() - 1).anyMatch(unit -> unit.runs() == 0)) {
            throw new IllegalArgumentException("FullyShardedDataParallel: expected blocks that the model runs by"
                    + " Blocks.run(x, layers, …). Received some that were not; choose other layers.");
        }
        for (ShardedUnit unit : units) if (isWhole(unit)) unit.take();
        units.getLast().reduce();
    }

    private boolean isWhole(ShardedUnit unit) { return !shardWeights || unit == units.getLast(); }

    @Override public List<Param> parts(List<Param> params) { return params.stream().map(shards::get).toList(); }

    @Override public Tensor clip(List<Param> parts, double max) {
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            double own = Clip.norm(parts, Double.POSITIVE_INFINITY, 2).item();
            double norm = Math.sqrt(group.sum(own * own));
            double factor = Math.min(1, max / (norm + 1e-6)); // as Clip
            for (Param part : parts) if (part.grad() != null && factor < 1) part.grad().mul_(factor);
            return scope.keep(Tensor.scalar(norm, DType.FLOAT32));
        }
    }

    @Override public void updated(Layer model) { for (ShardedUnit unit : units) if (isWhole(unit)) unit.gather(); }

    @Override public void settle(Layer model) { parallel.settle(model); }

    // ---- files

    /** Parameter by parameter, each of which is whole while it is written. */
    @Override public void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        var all = new LinkedHashMap<String, LazyTensor>();
        tensors.forEach((name, tensor) -> {
            var unit = units.stream().filter(each -> each.divides(tensor)).findFirst();
            all.put(name, unit.isEmpty() ? LazyTensor.of(tensor)
                    : new LazyTensor(tensor.dtype(), tensor.shape(), () -> unit.get().gathered(tensor)));
        });
        if (isMain()) Safetensors.stream(file, all, metadata);
        else Safetensors.ordered(all).forEach(FullyShardedDataParallel::help);
    }

    private static void help(LazyTensor tensor) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            tensor.values().get();
        }
    }

    /** Each rank reads its part. */
    @Override public void load(Layer model, Path file) {
        var saved = Weights.open(file);
        saved.expectFit(model);
        for (ShardedUnit unit : units) unit.load(source(saved, model));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            states(model).forEach((name, state) -> state.copy_(saved.tensor(name)));
        }
    }

    /**
     * Gives every rank all weights, from now on until the next training step: to use the model without the others after
     * a fit, say. All ranks call it.
     */
    public void gather() { units.forEach(ShardedUnit::keep); }

    @Override public double sum(double value) { return group.sum(value); }

    @Override public double max(double value) { return group.max(value); }

    @Override public List<String> gather(String text) { return group.gather(text); }

    @Override public void fail() {
        units.forEach(ShardedUnit::fail);
        parallel.fail();
    }

    /** Forgets the model, whose blocks have no values then, unless they were {@linkplain #gather() gathered}. */
    @Override public void close() {
        runners.forEach(Guard::close);
        units.forEach(ShardedUnit::close);
        runners.clear();
        units.clear();
        shards.clear();
        parallel.close();
    }
}
