package dev.merapi.compress.prune;

import dev.merapi.nn.Change;
import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Leaves whole layers out of deep models, those that change what runs through them the least.
 *
 * <pre>{@code
 * var influence = LayerDropping.influence(model, () -> model.forward(x));
 * LayerDropping.drop(model, LayerDropping.least(influence, 2));
 * }</pre>
 */
public final class LayerDropping {
    private LayerDropping() {}

    /**
     * How much each block changes its input: 1 minus the mean cosine between input and output (block influence, Men et
     * al. 2024, arXiv:2403.03853). Blocks are layers of several layers that give back the shape they were given.
     *
     * @param run runs the model on typical inputs
     */
    public static Map<String, Double> influence(Layer model, Runnable run) {
        var influence = new LinkedHashMap<String, Double>();
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad();
                var _ = Hooks.listen(model, call -> {
            if (isBlock(call)) influence.merge(call.path(), change(call), Double::sum);
        })) {
            run.run();
        }
        return influence;
    }

    private static boolean isBlock(Hook.Call call) {
        return !call.path().isEmpty() && call.layer() != null && call.layer().layers().size() > 2
                && call.inputs().getFirst().dtype().isFloating()
                && Arrays.equals(call.inputs().getFirst().shape(), call.output().shape());
    }

    private static double change(Hook.Call call) {
        try (var _ = Scope.open()) {
            Tensor x = call.inputs().getFirst().flatten(1, -1), y = call.output().flatten(1, -1);
            long[] last = {1};
            return 1 - x.mul(y).sum(1).div(x.norm(2, last, false).mul(y.norm(2, last, false)).add(1e-12)).mean().item();
        }
    }

    /**
     * The names of the blocks with the least influence, none of which lies within another.
     *
     * @throws IllegalArgumentException if there are not more blocks than that: something must stay
     */
    public static List<String> least(Map<String, Double> influence, int count) {
        var chosen = new ArrayList<String>();
        influence.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(entry -> {
            String path = entry.getKey();
            boolean apart = influence.keySet().stream().noneMatch(p -> p.startsWith(path + "."))
                    && chosen.stream().noneMatch(p -> path.startsWith(p + "."));
            if (apart && chosen.size() < count) chosen.add(path);
        });
        Expect.that(chosen.size() == count && influence.size() > count, "LayerDropping.least", "fewer than the blocks"
                + " that keep their input's shape, " + influence.keySet(), count);
        return chosen;
    }

    /**
     * Leaves layers out.
     *
     * @throws IllegalArgumentException if there is no such layer, or one in a place that holds only layers of its kind
     *     and is not run as a {@linkplain dev.merapi.nn.Blocks block}
     */
    public static void drop(Layer model, List<String> paths) {
        for (String path : paths) {
            Expect.that(model.layers().containsKey(path), "LayerDropping.drop", "names of layers, such as "
                    + model.layers().keySet().stream().skip(1).limit(3).toList(), path);
        }
        Predicate<String> chosen = paths::contains;
        var change = new Change(DroppedKind.NAME, Map.of());
        model.replaceAndFree((path, layer) -> chosen.test(path) ? change.make(layer) : layer);
    }
}
