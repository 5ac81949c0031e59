package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * One step of size ε up the cross-entropy: the fast gradient sign method of Goodfellow et al. (2015, arXiv:1412.6572),
 * and its like in L2.
 *
 * @param epsilon size of the change
 */
public record Fgsm(Norm norm, double epsilon) implements Attack {
    public Fgsm { Expect.positive("Fgsm.epsilon", epsilon); }

    /** By the sign. */
    public Fgsm(double epsilon) { this(Norm.L_INF, epsilon); }

    @Override public Tensor perturb(Unary scores, Tensor x, Tensor y) {
        Ascent.check(x, y);
        try (var scope = Scope.open()) {
            var gradient = Ascent.slope(scores, x, y, AttackLoss.CROSS_ENTROPY).gradient();
            return scope.keep(x.detach().add(norm.steepest(gradient).mul(epsilon)).clamp(0, 1));
        }
    }
}
