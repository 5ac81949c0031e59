package dev.merapi.parallel;

import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import static java.util.stream.Collectors.groupingBy;

/**
 * An optimizer whose memory is divided among the ranks: each updates some of the parameters, and gives the others what
 * they have become (Rajbhandari et al. 2020, "ZeRO", stage 1). Steps are those of the optimizer itself.
 *
 * <pre>{@code
 * trainer.strategy(parallel)
 *         .optimizer(m -> ShardedOptimizer.of(group, ParamGroup.decayMatrices(m), groups -> new AdamW(groups, 1e-3)));
 * }</pre>
 *
 * Parameters are divided whole, the largest first, so that all ranks have about as many elements. In a checkpoint each
 * rank writes its part; any number of ranks reads it again, and so does the optimizer itself.
 */
public final class ShardedOptimizer implements Optimizer {
    private final ProcessGroup group;
    private final Map<String, Param> params = new LinkedHashMap<>();
    private final List<List<Param>> parts = new ArrayList<>(); // by rank
    private final Optimizer own; // null: this rank has no parameters
    private double learningRate;

    private ShardedOptimizer(ProcessGroup group, List<ParamGroup> groups, Function<List<ParamGroup>, Optimizer> make) {
        this.group = group;
        groups.forEach(g -> params.putAll(g.params()));
        var owners = divide(params, group.world());
        for (int rank = 0; rank < group.world(); rank++) {
            int part = rank;
            parts.add(params.entrySet().stream().filter(p -> owners.get(p.getKey()) == part).map(Map.Entry::getValue)
                    .toList());
        }
        var mine = groups.stream().map(g -> new ParamGroup(ofRank(g.params(), owners, group.rank()), g.rate(),
                g.decay())).filter(g -> !g.params().isEmpty()).toList();
        own = mine.isEmpty() ? null : make.apply(mine);
        learningRate = group.max(own == null ? 0 : own.learningRate());
    }

    /**
     * @param groups all parameters, the same on all ranks
     * @param make makes the optimizer of this rank's part
     */
    public static ShardedOptimizer of(ProcessGroup group, List<ParamGroup> groups,
            Function<List<ParamGroup>, Optimizer> make) {
        return new ShardedOptimizer(group, groups, make);
    }

    private static Map<String, Param> ofRank(Map<String, Param> params, Map<String, Integer> owners, int rank) {
        var own = new LinkedHashMap<>(params);
        own.keySet().removeIf(name -> owners.get(name) != rank);
        return own;
    }

    /** The largest first, each to the rank that has least. */
    private static Map<String, Integer> divide(Map<String, Param> params, int world) {
        var owners = new LinkedHashMap<String, Integer>();
        long[] elements = new long[world];
        params.entrySet().stream().sorted(Comparator.comparingLong(p -> -p.getValue().numel())).forEach(p -> {
            int least = 0;
            for (int rank = 1; rank < world; rank++) if (elements[rank] < elements[least]) least = rank;
            owners.put(p.getKey(), least);
            elements[least] += p.getValue().numel();
        });
        return owners;
    }

    @Override public Map<String, Param> params() { return params; }

    @Override public void step() {
        if (own != null) own.step();
        try (var _ = Torch.noGrad()) {
            for (int rank = 0; rank < group.world(); rank++) give(parts.get(rank), rank);
        }
    }

    /** What a rank's parameters have become, at once. */
    private void give(List<Param> part, int rank) {
        for (var alike : part.stream().collect(groupingBy(Param::dtype)).values()) {
            try (var _ = Scope.open()) {
                Tensor flat = Tensor.cat(alike.stream().map(p -> p.detach().flatten()).toList(), 0);
                group.broadcast(flat, rank);
                if (rank == group.rank()) continue;
                long at = 0;
                for (Param param : alike) {
                    param.copy_(flat.narrow(0, at, param.numel()).view(param.shape()));
                    at += param.numel();
                }
            }
        }
    }

    @Override public double learningRate() { return learningRate; }

    @Override public void learningRate(double rate) {
        learningRate = rate;
        if (own != null) own.learningRate(rate);
    }

    @Override public boolean isPart() { return group.world() > 1; }

    /** This rank's part. */
    @Override public Map<String, Tensor> state() { return own == null ? Map.of() : own.state(); }

    /** Takes this rank's part of what all ranks, or one, saved. */
    @Override public void load(Map<String, Tensor> saved) {
        if (own == null) return;
        var names = own.params().keySet();
        var mine = new LinkedHashMap<>(saved);
        mine.keySet().removeIf(key -> {
            String param = key.substring(0, Math.max(0, key.lastIndexOf('.')));
            return params.containsKey(param) && !names.contains(param);
        });
        own.load(mine);
    }

    @Override public void close() { if (own != null) own.close(); }
}
