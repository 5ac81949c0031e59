package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A moving average of a model's weights, which often scores better than the last ones (Polyak and Juditsky 1992):
 * mean ← decay · mean + (1 − decay) · weight. Running statistics are averaged too; counters are copied.
 *
 * <pre>{@code
 * var ema = new Ema(model, 0.999);        // after the model has moved to its device
 * optimizer.step();
 * ema.update();
 * try (var _ = ema.swap()) {              // the model has the averaged weights in here
 *     evaluate(model);
 * }
 * }</pre>
 */
public final class Ema implements AutoCloseable {
    private final Map<String, Tensor> weights;
    private final Map<String, Tensor> means = new LinkedHashMap<>();
    private final double decay;
    private boolean swapped;

    /** Starts from the weights as they are. */
    public Ema(Layer layer, double decay) {
        Expect.fraction("Ema.decay", decay);
        this.decay = decay;
        weights = layer.tensors();
        var seen = Collections.newSetFromMap(new IdentityHashMap<Tensor, Boolean>());
        weights.values().removeIf(weight -> !seen.add(weight));
        try (var _ = Torch.noGrad()) {
            weights.forEach((name, weight) -> means.put(name, weight.detach().copy().owned()));
        }
    }

    /** Takes the weights of now into the average. */
    public void update() {
        if (swapped) {
            throw new IllegalStateException("Ema.update: the model has the averaged weights. Close the guard of swap()"
                    + " before training goes on.");
        }
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            select(means, t -> t.dtype().isFloating()).lerp_(select(weights, t -> t.dtype().isFloating()), 1 - decay);
            means.forEach((name, mean) -> {
                if (!mean.dtype().isFloating()) mean.copy_(weights.get(name));
            });
        }
    }

    private static Tensors select(Map<String, Tensor> tensors, Predicate<Tensor> which) {
        return new Tensors(tensors.values().stream().filter(which).toArray(Tensor[]::new));
    }

    /** Gives the model the averaged weights until the guard is closed. Nothing is copied. */
    public Guard swap() {
        if (swapped) throw new IllegalStateException("Ema.swap: the model has the averaged weights already.");
        var own = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, weight) -> own.put(name, weight.detach().owned()));
        means.forEach((name, mean) -> set(weights.get(name), mean));
        swapped = true;
        return () -> {
            own.forEach((name, value) -> {
                set(weights.get(name), value);
                value.close();
            });
            swapped = false;
        };
    }

    private static void set(Tensor weight, Tensor value) {
        switch (weight) {
            case Param p -> p.set(value);
            case State s -> s.set(value);
            default -> throw new AssertionError(weight);
        }
    }

    /** The averages by the weights' names, for a checkpoint: not copies. */
    public Map<String, Tensor> state() { return Collections.unmodifiableMap(means); }

    /**
     * Copies averages that {@link #state} returned.
     *
     * @throws IllegalArgumentException naming all that are missing, unexpected or of the wrong shape; nothing is
     *     changed then
     */
    public void load(Map<String, Tensor> saved) {
        var problems = problems(saved);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("Ema.load: expected the averages of the same model. Received\n  "
                    + String.join("\n  ", problems));
        }
        try (var _ = Torch.noGrad()) {
            means.forEach((name, mean) -> mean.copy_(saved.get(name)));
        }
    }

    private List<String> problems(Map<String, Tensor> saved) {
        var problems = new ArrayList<String>();
        means.forEach((name, mean) -> {
            var tensor = saved.get(name);
            if (tensor == null) {
                problems.add(name + ": missing");
            } else if (!Arrays.equals(tensor.shape(), mean.shape())) {
                problems.add(name + ": shape " + Shapes.toString(tensor.shape()) + ", expected "
                        + Shapes.toString(mean.shape()));
            }
        });
        var unexpected = new LinkedHashSet<>(saved.keySet());
        unexpected.removeAll(means.keySet());
        unexpected.forEach(name -> problems.add(name + ": no such weight here"));
        return problems;
    }

    /** Frees the averages. */
    @Override public void close() { means.values().forEach(Tensor::close); }
}
