package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Set;

/**
 * The gradient of which each ReLU lets through what is positive alone (Springenberg et al. 2014, arXiv:1412.6806). It
 * shows edges more than what decides: see the sanity check of {@code dev.merapi.explain.measure}.
 *
 * @param function of the model's inputs; the model itself where it is one
 */
public record GuidedBackprop(Layer model, Unary function) implements Explainer {
    private static final Set<String> RELUS = Set.of("Relu", "RELU", "RELU6");

    /** Of a model that is a function itself. */
    public static <M extends Layer & Unary> GuidedBackprop of(M model) { return new GuidedBackprop(model, model); }

    @Override public Attribution explain(Tensor x, int output) {
        Checks.one(x);
        var relus = new int[1];
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Hooks.around(model, call -> {
            if (!RELUS.contains(call.type())) return call.output();
            relus[0]++;
            return guided(call);
        })) {
            var slope = Gradients.of(function, x, output);
            Expect.that(relus[0] > 0, "GuidedBackprop", "a model with ReLU layers. Other methods are ig and saliency",
                    "one in which none ran as a layer");
            return Attribution.of(slope.gradient(), Checks.row(x), Double.NaN, slope.output().item());
        }
    }

    /** The gradient arrives on its way back where the output was made, and goes on without what is negative. */
    private static Tensor guided(Hook.Call call) {
        var y = call.output();
        if (y.requiresGrad()) y.onGradient(Tensor::relu);
        return y;
    }
}
