package dev.merapi.parallel;

import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An optimizer of flat shards. In a checkpoint a shard's state is named by where it begins in its parameter, such as
 * {@code 0.weight.exp_avg@128}, so that other numbers of ranks find in all files what is theirs.
 */
final class FlatShardOptimizer implements Optimizer {
    private final Optimizer own;
    private final Map<String, Long> sizes; // elements of the whole parameters
    private final int rank;
    private final int world;

    FlatShardOptimizer(Optimizer own, Map<String, Long> sizes, int rank, int world) {
        this.own = own;
        this.sizes = Map.copyOf(sizes);
        this.rank = rank;
        this.world = world;
    }

    @Override public Map<String, Param> params() { return own.params(); }

    @Override public void step() { own.step(); }

    @Override public double learningRate() { return own.learningRate(); }

    @Override public void learningRate(double rate) { own.learningRate(rate); }

    @Override public boolean isPart() { return world > 1; }

    @Override public Map<String, Tensor> state() {
        var named = new LinkedHashMap<String, Tensor>();
        own.state().forEach((key, tensor) -> {
            Param shard = own.params().get(param(key));
            named.put(isPartOf(shard, tensor) ? key + "@" + rank * shard.numel() : key, tensor);
        });
        return named;
    }

    private static boolean isPartOf(Param shard, Tensor state) {
        return shard != null && state.rank() == 1 && state.numel() == shard.numel();
    }

    /** The parameter's name in the name of its state. */
    private static String param(String key) { return key.substring(0, Math.max(0, key.lastIndexOf('.'))); }

    /** Takes this rank's shards of what all ranks, or one alone, saved. */
    @Override public void load(Map<String, Tensor> saved) {
        var mine = new LinkedHashMap<String, Tensor>();
        saved.forEach((key, tensor) -> {
            int at = key.lastIndexOf('@');
            String name = at < 0 ? key : key.substring(0, at);
            Param shard = own.params().get(param(name));
            if (at < 0 && (tensor.rank() == 0 || shard == null || tensor.numel() != sizes.get(param(name)))) {
                mine.put(key, tensor);
                return;
            }
            long from = at < 0 ? 0 : begin(key.substring(at + 1), key);
            if (shard == null) mine.put(key, tensor); // which is refused by its name
            else put(mine.computeIfAbsent(name, _ -> shard.zerosLike()), tensor, from, sizes.get(param(name)));
        });
        own.load(mine);
    }

    private static long begin(String number, String key) {
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected the first element's number behind @ in " + key + ". Received "
                    + number, e);
        }
    }

    /** Copies what two ranges of a parameter's elements share. */
    private void put(Tensor shard, Tensor piece, long from, long size) {
        long begin = Math.max(from, rank * shard.numel());
        long end = Math.min(Math.min(from + piece.numel(), (rank + 1) * shard.numel()), size);
        if (begin >= end) return;
        try (var _ = Torch.noGrad()) {
            shard.narrow(0, begin - rank * shard.numel(), end - begin)
                    .copy_(piece.reshape(-1).narrow(0, begin - from, end - begin));
        }
    }

    @Override public void close() { own.close(); }
}
