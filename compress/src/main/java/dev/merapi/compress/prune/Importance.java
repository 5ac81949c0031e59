package dev.merapi.compress.prune;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/** How much a model would miss its channels. */
public enum Importance {
    /** The root of the mean square of all weights that a group of channels has, whatever layer they are in. */
    MAGNITUDE,
    /** The mean of their absolute values: group-L1. */
    GROUP_L1,
    /**
     * The mean of |weight · gradient|, what the loss would change by without them, in a first approximation (Molchanov
     * et al. 2019, arXiv:1906.10771): {@code backward} must have been called on losses before.
     */
    TAYLOR;

    /** The importance of each group, in order. */
    List<Double> of(List<ChannelGroup> groups, Map<String, ChannelLayer> layers) {
        var outputs = new LinkedHashMap<String, double[]>(); // by layer the mean score of each channel's weights
        var inputs = new LinkedHashMap<String, double[]>();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            layers.forEach((path, layer) -> {
                Param weight = layer.layer().params().get("weight");
                if (weight == null) return; // a norm without
                Tensor scores = score(weight, path);
                outputs.put(path, means(scores, layer.makesChannels() ? layer.outAxis() : 0));
                if (layer.role() == ChannelLayer.Role.MIXES) inputs.put(path, means(scores, 1 - layer.outAxis()));
            });
        }
        return groups.stream().map(group -> finished((sum(group.outputs(), outputs) + sum(group.inputs(), inputs))
                / (count(group.outputs(), outputs) + count(group.inputs(), inputs)))).toList();
    }

    private Tensor score(Param weight, String path) {
        return switch (this) {
            case MAGNITUDE -> weight.detach().square();
            case GROUP_L1 -> weight.detach().abs();
            case TAYLOR -> {
                Tensor gradient = weight.grad();
                Expect.that(gradient != null || !weight.isTrainable(), "Importance.TAYLOR", "gradients of all"
                        + " parameters; call backward() on some losses first", "none of " + path);
                yield gradient == null ? weight.detach().zerosLike() : weight.detach().mul(gradient).abs();
            }
        };
    }

    private double finished(double mean) { return this == MAGNITUDE ? Math.sqrt(mean) : mean; }

    private static double[] means(Tensor scores, int axis) {
        return scores.movedim(axis, 0).contiguous().view(scores.size(axis), -1).mean(1).to(DType.FLOAT64).toDoubles();
    }

    private static double sum(Map<String, List<Integer>> channels, Map<String, double[]> scores) {
        return over(channels, scores, (list, of) -> list.stream().mapToDouble(c -> of[c]).sum());
    }

    private static double count(Map<String, List<Integer>> channels, Map<String, double[]> scores) {
        return over(channels, scores, (list, _) -> list.size());
    }

    private static double over(Map<String, List<Integer>> channels, Map<String, double[]> scores,
            ToDoubleBiFunction<List<Integer>, double[]> of) {
        return channels.entrySet().stream().filter(e -> scores.containsKey(e.getKey()))
                .mapToDouble(e -> of.applyAsDouble(e.getValue(), scores.get(e.getKey()))).sum();
    }
}
