package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * {@link Pgd} without a step to choose: with momentum, each input's step is halved, and it goes on from its best place,
 * where its loss no longer rises (Croce and Hein 2020, arXiv:2003.01690). The best of all places is taken. It wants
 * some tens of iterations: with a handful a step of {@link Pgd} that was chosen well may find more.
 *
 * @param epsilon size of the change, at most
 * @param iterations gradients of a start
 * @param restarts how often it begins anew
 * @param seed of the starts
 */
public record AutoPgd(Norm norm, double epsilon, int iterations, int restarts, AttackLoss loss, long seed)
        implements Attack {
    private static final double MOMENTUM = 0.75; // the paper's α
    private static final double RISES = 0.75; // the paper's ρ: fewer steps upwards than this share halve the step
    private static final double FIRST = 0.22, SHORTER = 0.03, SHORTEST = 0.06; // of the iterations, between checks

    public AutoPgd {
        Expect.positive("AutoPgd.epsilon", epsilon);
        Expect.atLeast("AutoPgd.iterations", 1, iterations);
        Expect.atLeast("AutoPgd.restarts", 1, restarts);
    }

    /** So many iterations by the cross-entropy from one start. */
    public static AutoPgd of(Norm norm, double epsilon, int iterations) {
        return new AutoPgd(norm, epsilon, iterations, 1, AttackLoss.CROSS_ENTROPY, 0);
    }

    /** The same with another loss, such as {@link AttackLoss#LOGITS_RATIO}. */
    public AutoPgd loss(AttackLoss other) { return new AutoPgd(norm, epsilon, iterations, restarts, other, seed); }

    /** The same with so many starts. */
    public AutoPgd restarts(int count) { return new AutoPgd(norm, epsilon, iterations, count, loss, seed); }

    @Override public Tensor perturb(Unary scores, Tensor x, Tensor y) {
        Ascent.check(x, y);
        var rng = new Rng(seed);
        try (var scope = Scope.open(); var best = new Best(x)) {
            for (int restart = 0; restart < restarts; restart++) {
                try (var _ = Scope.open()) {
                    climb(scores, x.detach(), y, rng, best);
                }
            }
            return scope.keep(best.inputs());
        }
    }

    /** What is known of each input (B) on its way; tensors that are written into. */
    private static final class State {
        private final Tensor step, losses, highest, highestBefore, rises, halvedBefore;
        private final Tensor top, topGradient; // where the loss was highest, and the gradient there

        State(Tensor x, Ascent.Slope slope, double step) {
            this.step = x.newFull(step, x.size(0));
            losses = slope.losses().copy();
            highest = losses.copy();
            highestBefore = losses.copy();
            rises = losses.zerosLike();
            halvedBefore = losses.zerosLike();
            top = x.copy();
            topGradient = slope.gradient().copy();
        }

        void look(Tensor at, Ascent.Slope slope) {
            rises.add_(slope.losses().gt(losses).to(DType.FLOAT32));
            losses.copy_(slope.losses());
            var higher = losses.gt(highest);
            top.copy_(Ascent.rows(higher, at, top));
            topGradient.copy_(Ascent.rows(higher, slope.gradient(), topGradient));
            highest.copy_(higher.where(losses, highest));
        }

        /** Halves steps by the paper's two conditions; true (B) where it did. */
        Tensor halve(int since) {
            var few = rises.le(RISES * since);
            var stuck = halvedBefore.eq(0).and(highest.le(highestBefore));
            var halved = few.or(stuck);
            step.copy_(halved.where(step.div(2), step));
            halvedBefore.copy_(halved.to(DType.FLOAT32));
            highestBefore.copy_(highest);
            rises.zero_();
            return halved;
        }
    }

    private void climb(Unary scores, Tensor x, Tensor y, Rng rng, Best best) {
        var at = x.add(norm.random(x, epsilon, rng)).clamp(0, 1);
        var slope = Ascent.slope(scores, at, y, loss);
        best.offer(at, slope);
        var state = new State(at, slope, 2 * epsilon);
        var before = at;
        int period = Math.max(1, (int) (FIRST * iterations)), since = 0;
        for (int i = 1; i < iterations; i++) {
            try (var scope = Scope.open()) {
                var step = Norm.each(state.step, at);
                var ahead = Ascent.inside(norm, epsilon, x, at.add(norm.steepest(slope.gradient()).mul(step)));
                double momentum = i == 1 ? 1 : MOMENTUM;
                var next = Ascent.inside(norm, epsilon, x, at.add(ahead.sub(at).mul(momentum))
                        .add(at.sub(before).mul(1 - momentum)));
                var there = Ascent.slope(scores, next, y, loss);
                best.offer(next, there);
                state.look(next, there);
                before = at;
                at = scope.keep(next);
                var gradient = there.gradient();
                if (++since == period) {
                    var halved = state.halve(since);
                    at = scope.keep(Ascent.rows(halved, state.top, at));
                    gradient = Ascent.rows(halved, state.topGradient, gradient);
                    period = Math.max(period - Math.max(1, (int) (SHORTER * iterations)),
                            Math.max(1, (int) (SHORTEST * iterations)));
                    since = 0;
                }
                slope = new Ascent.Slope(null, scope.keep(gradient), null);
            }
        }
    }
}
