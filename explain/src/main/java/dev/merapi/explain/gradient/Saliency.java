package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * The gradient of the output: how it changes with each element of the input (Simonyan et al. 2013, arXiv:1312.6034).
 *
 * @param timesInput whether each is multiplied by its element, which of a model that is linear without a constant gives
 *     contributions that sum to the output
 */
public record Saliency(Unary model, boolean timesInput) implements Explainer {
    /** The gradient itself. */
    public Saliency(Unary model) { this(model, false); }

    /** Input times gradient. */
    public static Saliency timesInput(Unary model) { return new Saliency(model, true); }

    @Override public Attribution explain(Tensor x, int output) {
        Checks.one(x);
        try (var _ = Scope.open()) {
            var slope = Gradients.of(model, x, output);
            var values = timesInput ? slope.gradient().mul(x) : slope.gradient();
            return Attribution.of(values, Checks.row(x), Double.NaN, slope.output().item());
        }
    }
}
