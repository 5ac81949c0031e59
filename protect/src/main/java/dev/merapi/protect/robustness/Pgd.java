package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.function.Function;

/**
 * Projected gradient descent: from a random start steps up the loss, each followed by the way back into the ball of
 * size ε (Madry et al. 2018, arXiv:1706.06083).
 *
 * @param epsilon size of the change, at most
 * @param step of one iteration
 * @param iterations gradients of a start
 * @param restarts how often it begins anew; the best is taken
 * @param loss that is raised
 * @param seed of the starts
 */
public record Pgd(Norm norm, double epsilon, double step, int iterations, int restarts, AttackLoss loss, long seed)
        implements Attack {
    public Pgd {
        Expect.positive("Pgd.epsilon", epsilon);
        Expect.positive("Pgd.step", step);
        Expect.atLeast("Pgd.iterations", 1, iterations);
        Expect.atLeast("Pgd.restarts", 1, restarts);
    }

    /** 20 iterations by the cross-entropy from one start. */
    public static Pgd of(Norm norm, double epsilon) { return of(norm, epsilon, 20); }

    /** Steps that reach the far end of the ball from anywhere in it: 2.5 ε / iterations. */
    public static Pgd of(Norm norm, double epsilon, int iterations) {
        return new Pgd(norm, epsilon, 2.5 * epsilon / iterations, iterations, 1, AttackLoss.CROSS_ENTROPY, 0);
    }

    /** The same with so many starts. */
    public Pgd restarts(int count) { return new Pgd(norm, epsilon, step, iterations, count, loss, seed); }

    /** The same with another loss. */
    public Pgd loss(AttackLoss other) { return new Pgd(norm, epsilon, step, iterations, restarts, other, seed); }

    /** The same with another seed. */
    public Pgd seed(long other) { return new Pgd(norm, epsilon, step, iterations, restarts, loss, other); }

    @Override public Tensor perturb(Unary scores, Tensor x, Tensor y) {
        Ascent.check(x, y);
        var rng = new Rng(seed);
        try (var scope = Scope.open(); var best = new Best(x)) {
            for (int restart = 0; restart < restarts; restart++) {
                try (var _ = Scope.open()) {
                    var end = climb(at -> loss.each(scores.forward(at), y), x, rng);
                    best.offer(end, Ascent.slope(scores, end, y, loss));
                }
            }
            return scope.keep(best.inputs());
        }
    }

    /**
     * One start, up any losses (B) of inputs.
     *
     * @return the last inputs
     */
    Tensor climb(Function<Tensor, Tensor> losses, Tensor x, Rng rng) {
        try (var scope = Scope.open()) {
            var clean = x.detach();
            var at = clean.add(norm.random(clean, epsilon, rng)).clamp(0, 1);
            for (int i = 0; i < iterations; i++) {
                try (var inner = Scope.open()) {
                    var gradient = Ascent.gradient(losses, at);
                    at = inner.keep(Ascent.inside(norm, epsilon, clean, at.add(norm.steepest(gradient).mul(step))));
                }
            }
            return scope.keep(at);
        }
    }
}
