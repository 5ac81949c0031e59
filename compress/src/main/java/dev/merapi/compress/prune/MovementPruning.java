package dev.merapi.compress.prune;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Prunes weights that fine-tuning moves towards 0, large as they may be: a weight's score grows by -gradient · weight
 * at each step, and those of the lowest scores go, more and more of them as in {@link GradualPruning} (Sanh et al.
 * 2020, arXiv:2005.07683). For models that were trained on something else, whose weights' sizes tell of that.
 */
public final class MovementPruning implements Strategy, AutoCloseable {
    private final Map<String, Param> params;
    private final Map<String, Tensor> scores = new LinkedHashMap<>(); // owned, as are the next two
    private final Map<String, Tensor> whole = new LinkedHashMap<>(); // the weights with those that are masked
    private final Map<String, Tensor> masks = new LinkedHashMap<>();
    private final double sparsity;
    private final long steps;
    private long step;

    /**
     * @param names which tables of weights, by name
     * @param sparsity the part of each that is gone in the end
     * @param steps optimizer steps until then; later ones keep the choice
     */
    public MovementPruning(Layer model, Predicate<String> names, double sparsity, long steps) {
        Masks.expectFraction(sparsity);
        Expect.atLeast("MovementPruning.steps", 1, steps);
        this.params = WeightTables.of(model, names);
        this.sparsity = sparsity;
        this.steps = steps;
        try (var _ = Torch.noGrad()) {
            params.forEach((name, param) -> {
                scores.put(name, param.detach().zerosLike().owned());
                whole.put(name, param.detach().copy().owned());
                masks.put(name, param.detach().onesLike().owned());
            });
        }
    }

    /** The gradient by a masked weight is that by the weight it would be: so it may come back. */
    @Override public void reduce(List<Param> all) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            params.forEach((name, param) -> {
                Tensor gradient = param.grad();
                if (gradient != null) scores.get(name).sub_(gradient.mul(whole.get(name)));
            });
        }
    }

    @Override public void updated(Layer model) {
        step++;
        double left = 1 - Math.min(1, (double) step / steps);
        double now = sparsity * (1 - left * left * left);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            params.forEach((name, param) -> {
                Tensor kept = masks.get(name);
                Tensor weight = whole.get(name); // what the mask left out has not moved
                weight.copy_(kept.ne(0).where(param, weight));
                if (step <= steps) kept.copy_(Masks.largest(scores.get(name), now));
                param.copy_(Masks.kept(weight, kept));
            });
        }
    }

    /** Frees what it keeps beside the weights, which stay as they are. */
    @Override public void close() {
        List.of(scores, whole, masks).forEach(map -> map.values().forEach(Tensor::close));
    }
}
