package dev.merapi.compress.prune;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which single weights of a model stay, and which are 0 from now on: "unstructured" pruning. The shapes stay, so that
 * files compress better but programs run no faster; {@link ChannelPruning} makes them run faster.
 *
 * <pre>{@code
 * try (var masks = Masks.byLayer(model, _ -> true, 0.8)) {
 *     masks.apply();
 *     trainer.strategy(masks.strategy()).fit(train, test);     // the others learn to do without
 * }
 * }</pre>
 */
public final class Masks implements AutoCloseable {
    private final Map<String, Param> params;
    private final Map<String, Tensor> masks; // of each parameter's shape: 1 where it stays; owned

    private Masks(Map<String, Param> params, Map<String, Tensor> masks) {
        this.params = params;
        this.masks = masks;
    }

    /** What stays of a table, by its name: 1 or 0 for each weight. */
    private interface Choice {
        Tensor of(String name, Tensor weight);
    }

    private static Masks of(Map<String, Param> params, Choice choice) {
        var masks = new LinkedHashMap<String, Tensor>();
        try (var _ = Torch.noGrad()) {
            params.forEach((name, param) -> {
                try (var _ = Scope.open()) {
                    masks.put(name, choice.of(name, param).to(param.dtype()).copy().owned());
                }
            });
        }
        return new Masks(params, masks);
    }

    /**
     * The smallest weights of each table go (Han et al. 2015, arXiv:1506.02626).
     *
     * @param names which tables, by name
     * @param sparsity the part of each that goes, from 0 to below 1
     * @throws IllegalArgumentException if no table would stay as it is, or none is chosen
     */
    public static Masks byLayer(Layer model, Predicate<String> names, double sparsity) {
        expectFraction(sparsity);
        return of(WeightTables.of(model, names), (_, weight) -> largest(weight.abs(), sparsity));
    }

    /**
     * The smallest weights of all tables together go: those that need fewer lose more.
     *
     * @throws IllegalArgumentException as {@link #byLayer}, and naming a table that would lose all
     */
    public static Masks global(Layer model, Predicate<String> names, double sparsity) {
        expectFraction(sparsity);
        var params = WeightTables.of(model, names);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor all = largest(Tensor.cat(params.values().stream().map(p -> p.detach().abs().flatten()
                    .to(DType.FLOAT32)).toList(), 0), sparsity);
            var starts = new LinkedHashMap<String, Long>();
            long at = 0;
            for (var entry : params.entrySet()) {
                starts.put(entry.getKey(), at);
                at += entry.getValue().numel();
            }
            var masks = of(params, (name, weight) -> all.narrow(0, starts.get(name), weight.numel())
                    .view(weight.shape()));
            masks.expectSomeOfEach();
            return masks;
        }
    }

    /**
     * Of each {@code m} weights that follow each other along the inputs, the {@code n} largest stay, such as 2 of 4
     * (Mishra et al. 2021, arXiv:2104.08378). Tables whose inputs {@code m} does not divide are left whole.
     *
     * @throws IllegalArgumentException if {@code m} divides the inputs of no table
     */
    public static Masks nOfM(Layer model, Predicate<String> names, int n, int m) {
        Expect.that(n >= 1 && n < m, "Masks.nOfM", "n from 1 to below m, such as 2 of 4", n + " of " + m);
        var params = WeightTables.of(model, names);
        var sizes = params.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue().size(1))
                .collect(Collectors.joining(", "));
        params.values().removeIf(param -> param.size(1) % m != 0);
        Expect.that(!params.isEmpty(), "Masks.nOfM", "tables whose inputs " + m + " divides", sizes);
        return of(params, (_, weight) -> {
            Tensor last = weight.abs().movedim(1, -1); // (out, kernel…, in)
            Tensor groups = last.contiguous().view(-1, m);
            Tensor kept = groups.topk(n, 1).indices();
            return groups.zerosLike().scatter(1, kept, kept.to(weight.dtype()).onesLike()).view(last.shape())
                    .movedim(-1, 1);
        });
    }

    /** 1 for the largest, all but {@code sparsity} of them. */
    static Tensor largest(Tensor scores, double sparsity) {
        Tensor flat = scores.contiguous().flatten();
        long kept = flat.numel() - Math.round(sparsity * flat.numel());
        Expect.that(kept > 0, "Pruning", "a sparsity that leaves a weight of " + flat.numel(), sparsity);
        Tensor best = flat.topk(kept, 0).indices();
        return flat.zerosLike().scatter(0, best, best.to(flat.dtype()).onesLike()).view(scores.shape());
    }

    static void expectFraction(double sparsity) {
        Expect.that(sparsity >= 0 && sparsity < 1, "Pruning", "a sparsity from 0 to below 1, for at 1 nothing is left",
                sparsity);
    }

    private void expectSomeOfEach() {
        masks.forEach((name, mask) -> {
            try (var _ = Scope.open()) {
                if (mask.countNonzero().itemLong() > 0) return;
            }
            close();
            throw Expect.error("Pruning", "a sparsity that leaves some weights of each layer", "one that takes all of "
                    + name, "prune less, by layer, or leave it out by its name");
        });
    }

    /** Sets the weights that go to 0. */
    public void apply() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            params.forEach((name, param) -> param.copy_(kept(param, masks.get(name))));
        }
    }

    /** Weights, and 0 where the mask is; not -0, as by a product. */
    static Tensor kept(Tensor weights, Tensor mask) { return weights.maskedFill(mask.eq(0), 0); }

    /** Keeps them at 0 while the model is trained on. */
    public Strategy strategy() {
        return new Strategy() {
            @Override public void updated(Layer model) { apply(); }
        };
    }

    /** The part of the weights of all tables that is gone. */
    public double sparsity() {
        double all = 0, kept = 0;
        for (Tensor mask : masks.values()) {
            try (var _ = Scope.open()) {
                kept += mask.countNonzero().itemLong();
            }
            all += mask.numel();
        }
        return 1 - kept / all;
    }

    /** The tables that weights are taken from, by name. */
    public List<String> names() { return new ArrayList<>(masks.keySet()); }

    /** Frees the masks; the weights stay as they are. */
    @Override public void close() { masks.values().forEach(Tensor::close); }
}
