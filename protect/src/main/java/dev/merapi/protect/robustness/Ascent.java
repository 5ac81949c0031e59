package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.function.Function;

/** What attacks by gradients have in common. */
final class Ascent {
    private Ascent() {}

    /**
     * Losses of inputs, and where they rise.
     *
     * @param losses (B)
     * @param gradient of each row's loss, of the shape of the inputs
     * @param wrong which rows the model errs on (B), bool
     */
    record Slope(Tensor losses, Tensor gradient, Tensor wrong) {}

    static Slope slope(Unary scores, Tensor x, Tensor y, AttackLoss loss) {
        try (var scope = Scope.open(); var _ = Torch.enableGrad()) {
            var leaf = x.detach().requiresGrad_(true);
            var logits = scores.forward(leaf);
            var each = loss.each(logits, y);
            return new Slope(scope.keep(each.detach()), scope.keep(gradient(each, leaf)),
                    scope.keep(logits.detach().argmax(1).ne(y)));
        }
    }

    /** Where any losses (B) rise. */
    static Tensor gradient(Function<Tensor, Tensor> losses, Tensor x) {
        try (var scope = Scope.open(); var _ = Torch.enableGrad()) {
            var leaf = x.detach().requiresGrad_(true);
            return scope.keep(gradient(losses.apply(leaf), leaf));
        }
    }

    static Tensor gradient(Tensor losses, Tensor leaf) {
        Expect.that(losses.requiresGrad(), "Attack", "a model whose scores have a gradient with respect to inputs;"
                + " Square needs none", "scores without one");
        var gradient = losses.sum().gradOf(leaf, false);
        Expect.that(gradient != null, "Attack", "a model whose scores depend on inputs by a gradient", "none");
        return gradient;
    }

    /** Moves from {@code from} to the nearest inputs between 0 and 1 whose change from x is within ε. */
    static Tensor inside(Norm norm, double epsilon, Tensor x, Tensor moved) {
        return x.add(norm.project(moved.sub(x), epsilon)).clamp(0, 1);
    }

    static void check(Tensor x, Tensor y) {
        Expect.that(x.rank() >= 2 && y.rank() == 1 && x.size(0) == y.size(0), "Attack",
                "inputs (B, …) and a class for each (B)", x.describe() + " and " + y.describe());
        if (x.numel() == 0) return;
        double least = x.min().item(), most = x.max().item();
        Expect.that(least >= -1e-4 && most <= 1 + 1e-4, "Attack", "inputs from 0 to 1; PixelRange puts a model's"
                + " normalisation behind the attack", least + " to " + most);
    }

    /** Rows of a where {@code chosen} (B), else of b. */
    static Tensor rows(Tensor chosen, Tensor a, Tensor b) { return Norm.each(chosen, a).where(a, b); }
}
