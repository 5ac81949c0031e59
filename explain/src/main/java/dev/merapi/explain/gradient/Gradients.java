package dev.merapi.explain.gradient;

import dev.merapi.explain.Checks;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/** Gradients of outputs with respect to inputs, of whose parameters none is touched. */
public final class Gradients {
    private static final String OTHERS = "a model whose output has a gradient with respect to its input. Methods that"
            + " need none are shap, lime and occlusion";

    private Gradients() {}

    /**
     * Values and gradients.
     *
     * @param output (B)
     * @param gradient of each row's output, of the shape of the inputs
     */
    public record Slope(Tensor output, Tensor gradient) {}

    /**
     * One output of rows x (B, …), and its gradient.
     *
     * @throws IllegalArgumentException for inputs or models without gradients, naming methods that need none
     */
    public static Slope of(Unary model, Tensor x, int output) {
        expectFloating(x);
        try (var _ = Torch.enableGrad()) {
            var leaf = x.detach().requiresGrad_(true);
            var y = Checks.output(model.forward(leaf), output);
            return new Slope(y.detach(), of(y.sum(), leaf));
        }
    }

    /** The gradient of a sum with respect to a tensor that it was computed from. */
    static Tensor of(Tensor sum, Tensor leaf) {
        Expect.that(sum.requiresGrad(), "Gradients", OTHERS, "an output without one");
        var gradient = sum.gradOf(leaf, false);
        Expect.that(gradient != null, "Gradients", OTHERS, "an output that does not depend on it by a gradient");
        return gradient;
    }

    static void expectFloating(Tensor x) {
        Expect.that(x.dtype().isFloating(), "Gradients", "inputs of numbers with fractions; of ids, ask for the"
                + " gradient at their vectors by Embedded.of", x.dtype());
    }
}
