package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What each unit of a layer has contributed to an output (Dhamdhere et al. 2018, arXiv:1805.12233, with integrated
 * gradients from the layer's values at a baseline), and what each element of the input has contributed to a unit.
 *
 * @param function of the model's inputs; the model itself where it is one
 * @param layer its path
 */
public record LayerAttribution(Layer model, Unary function, String layer) {
    /** Of a model that is a function itself. */
    public static <M extends Layer & Unary> LayerAttribution of(M model, String layer) {
        return new LayerAttribution(model, model, layer);
    }

    /**
     * The contributions of the layer's units, of the shape of its output.
     *
     * @param by makes an explainer of a function of the layer's values and of these at the baseline
     * @param baseline (R, …) of the input's shape
     */
    public Attribution units(Tensor x, Tensor baseline, int output, BiFunction<Unary, Tensor, Explainer> by) {
        Checks.one(x);
        try (var _ = Scope.open()) {
            return by.apply(from(x), values(baseline)).explain(values(x), output);
        }
    }

    /**
     * The contributions of the input's elements to a unit.
     *
     * @param by makes an explainer of a function from inputs to units
     * @param unit its place in the layer's output of one input, in row-major order
     */
    public Attribution neuron(Tensor x, int unit, Function<Unary, Explainer> by) {
        Checks.one(x);
        return by.apply(rows -> captured(rows).flatten(1, -1)).explain(x, unit);
    }

    /** The rest of the model behind the layer, as a function of what the layer gives. */
    private Unary from(Tensor x) {
        return values -> {
            long[] shape = x.shape();
            shape[0] = values.size(0);
            try (var _ = model.evaluating();
                    var _ = Hooks.around(model, call -> call.path().equals(layer) ? values : call.output())) {
                return function.forward(x.expand(shape));
            }
        };
    }

    /** What the layer gives for inputs. */
    private Tensor values(Tensor x) {
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            return scope.keep(captured(x).copy());
        }
    }

    private Tensor captured(Tensor x) {
        var found = new Tensor[1];
        var paths = new TreeSet<String>();
        try (var _ = model.evaluating(); var _ = Hooks.listen(model, call -> {
            paths.add(call.path());
            if (call.path().equals(layer)) found[0] = call.output();
        })) {
            function.forward(x);
        }
        Expect.that(found[0] != null, "LayerAttribution.layer", "one of " + paths, layer);
        return found[0];
    }
}
