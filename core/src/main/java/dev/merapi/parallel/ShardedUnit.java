package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters whose memory is divided among the ranks, and which are there together or not at all: each, flat and with
 * zeros behind it, is cut into as many equal shards as there are ranks.
 */
final class ShardedUnit {
    private final ProcessGroup group;
    private final boolean stays; // whole all the time, so that gradients alone are divided
    private final List<String> names;
    private final List<Param> params;
    private final List<Param> shards = new ArrayList<>(); // this rank's, flat, by parameter
    private boolean present; // the parameters have their values
    private boolean whole; // and keep them: the shards follow from them, not they from the shards
    private boolean failed;
    private long runs;

    /** Where a parameter's value comes from: a tensor of its type and shape, or the parameter itself. */
    interface Source {
        Tensor of(String name, Param param);
    }

    /** @param params by name; they keep their values, from the source, where the unit stays whole */
    ShardedUnit(ProcessGroup group, Map<String, Param> params, boolean stays, Source source) {
        this.group = group;
        this.stays = stays;
        this.names = List.copyOf(params.keySet());
        this.params = List.copyOf(params.values());
        DType type = this.params.isEmpty() ? null : this.params.getFirst().dtype();
        params.forEach((name, param) -> {
            if (param.dtype() != type) {
                throw new IllegalArgumentException("FullyShardedDataParallel: expected parameters of one type in a"
                        + " block. Received " + name + " of " + param.describe() + " beside " + type);
            }
        });
        present = stays;
        whole = stays;
        for (int i = 0; i < names.size(); i++) divide(i, source);
    }

    /** One after the other, so that no more than one parameter is there besides the shards. */
    private void divide(int i, Source source) {
        Param param = params.get(i);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor value = source.of(names.get(i), param);
            var shard = new Param(padded(value).select(0, group.rank()).copy());
            shard.requiresGrad_(param.isTrainable());
            shards.add(shard);
            if (!stays) release(i);
            else if (value != param) param.set(value.copy());
        }
    }

    /** Takes other values. */
    void load(Source source) {
        for (int i = 0; i < names.size(); i++) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                Tensor value = source.of(names.get(i), params.get(i));
                shards.get(i).copy_(padded(value).select(0, group.rank()));
                if (present) params.get(i).copy_(value);
            }
        }
    }

    /** Whether it has the parameter, and its value lies with all ranks. */
    boolean divides(Tensor param) { return !whole && indexOf(param) >= 0; }

    private int indexOf(Tensor param) {
        for (int i = 0; i < params.size(); i++) if (params.get(i) == param) return i;
        return -1;
    }

    /** A parameter's value from all ranks' shards, in the innermost scope. */
    Tensor gathered(Tensor param) {
        return group.allGather(shards.get(indexOf(param)).detach()).view(-1).narrow(0, 0, param.numel())
                .view(param.shape());
    }

    /** This rank's shards, each flat (⌈n / world⌉), by their parameters. */
    Map<Param, Param> shards() {
        var all = new LinkedHashMap<Param, Param>();
        for (int i = 0; i < params.size(); i++) all.put(params.get(i), shards.get(i));
        return all;
    }

    /** How often its block has run. */
    long runs() { return runs; }

    /** A tensor's elements as the ranks' shards: (world, ⌈n / world⌉). */
    private Tensor padded(Tensor t) {
        long n = t.numel();
        long width = (n + group.world() - 1) / group.world();
        Tensor flat = t.detach().reshape(-1);
        if (width * group.world() > n) flat = Tensor.cat(List.of(flat, flat.newZeros(width * group.world() - n)), 0);
        return flat.view(group.world(), width);
    }

    /** The parameters' values from all ranks' shards. */
    void gather() {
        if (params.isEmpty() || failed) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor all = group.allGather(Tensor.cat(shards.stream().map(s -> s.detach()).toList(), 0)); // (world, …)
            long at = 0;
            for (int i = 0; i < params.size(); i++) {
                Param param = params.get(i);
                long width = shards.get(i).numel();
                Tensor value = all.narrow(1, at, width).reshape(-1).narrow(0, 0, param.numel()).view(param.shape());
                if (stays) param.copy_(value);
                else param.set(value.copy());
                at += width;
            }
        }
        present = true;
    }

    /** Frees the parameters' values; the shards stay. */
    private void release() {
        for (int i = 0; i < params.size(); i++) release(i);
        present = false;
    }

    /** A number for all elements remains, so that shape, type and device are known. */
    private void release(int i) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            params.get(i).set(shards.get(i).newZeros(1).expand(params.get(i).shape()));
        }
    }

    /** The parameters' values, from now on until the next training step, to be read and written. */
    void keep() {
        if (!present) gather();
        whole = true;
    }

    /** While its block runs. */
    Guard held() {
        runs++;
        if (!present) gather();
        return () -> {
            if (!whole) release();
        };
    }

    /** While its block runs again, in backward, and has its gradients. */
    Guard heldForGradients() {
        if (!present) gather();
        return () -> {
            if (!failed) reduce();
            if (!whole) release();
        };
    }

    /** Before a block runs in training: from now on the shards are what counts. */
    void train() {
        if (!whole || stays) return;
        whole = false;
        take();
    }

    /** The shards from the parameters' values, which may have been loaded. */
    void take() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (int i = 0; i < params.size(); i++) {
                shards.get(i).copy_(padded(params.get(i)).select(0, group.rank()));
            }
        }
    }

    /** Adds the sum over all ranks of the parameters' gradients to the shards', and forgets them. */
    void reduce() {
        var learning = new ArrayList<Integer>();
        for (int i = 0; i < params.size(); i++) if (params.get(i).isTrainable()) learning.add(i);
        if (learning.isEmpty()) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var rows = learning.stream().map(i -> padded(gradient(params.get(i)))).toList();
            Tensor own = group.reduceScatter(Tensor.cat(rows, 1), Reduction.SUM).view(-1);
            long at = 0;
            for (int i : learning) {
                Param shard = shards.get(i);
                Tensor part = own.narrow(0, at, shard.numel());
                if (shard.grad() == null) shard.grad(part.copy());
                else shard.grad().add_(part);
                params.get(i).clearGrad();
                at += shard.numel();
            }
        }
    }

    private static Tensor gradient(Param param) {
        var gradient = param.grad();
        return gradient == null ? param.zerosLike() : gradient;
    }

    /** The other ranks are gone: nothing more is fetched. */
    void fail() { failed = true; }

    /** Parameters whose values nobody gathered have none from now on. */
    void close() {
        shards.forEach(Param::close);
        if (present) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (Param param : params) if (!param.isClosed()) param.set(param.detach().to(Device.META));
        }
    }
}
