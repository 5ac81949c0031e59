package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The attack of Carlini and Wagner in L2 (2017, arXiv:1608.04644): Adam lowers |change|² + c · margin, over numbers
 * whose tanh is the input, so that it stays between 0 and 1; a binary search finds the least c of each input that still
 * makes the model err.
 *
 * @param searches steps of the binary search
 * @param iterations of Adam for each
 * @param learningRate of Adam
 * @param first c that is tried first
 * @param confidence by how much another class must win
 */
public record CarliniWagner(int searches, int iterations, double learningRate, double first, double confidence)
        implements Attack {
    private static final double BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;
    private static final double INNER = 1 - 1e-6; // tanh reaches no 1

    public CarliniWagner {
        Expect.atLeast("CarliniWagner.searches", 1, searches);
        Expect.atLeast("CarliniWagner.iterations", 1, iterations);
        Expect.positive("CarliniWagner.learningRate", learningRate);
        Expect.positive("CarliniWagner.first", first);
        Expect.atLeast("CarliniWagner.confidence", 0, confidence);
    }

    /** 6 searches of 200 steps of 0.01, from c 0.1. */
    public CarliniWagner() { this(6, 200, 0.01, 0.1, 0); }

    @Override public Tensor perturb(Unary scores, Tensor x, Tensor y) {
        Ascent.check(x, y);
        try (var scope = Scope.open()) {
            var clean = x.detach();
            var best = clean.copy();
            var shortest = clean.newFull(Double.POSITIVE_INFINITY, clean.size(0));
            var low = shortest.zerosLike();
            var high = shortest.copy();
            var c = shortest.zerosLike().add_(first);
            for (int search = 0; search < searches; search++) {
                try (var _ = Scope.open()) {
                    var found = minimise(scores, clean, y, c, best, shortest);
                    high.copy_(found.where(high.minimum(c), high));
                    low.copy_(found.where(low, low.maximum(c)));
                    var bounded = high.isFinite();
                    c.copy_(bounded.where(low.add(high).div(2), c.mul(10)));
                }
            }
            return scope.keep(best);
        }
    }

    /** Runs Adam, writing shorter changes that succeed into {@code best}; true (B) where it found any. */
    private Tensor minimise(Unary scores, Tensor x, Tensor y, Tensor c, Tensor best, Tensor shortest) {
        var start = x.mul(2).sub(1).mul(INNER);
        var w = start.add(1).div(start.rsub(1)).log().div(2);                        // artanh
        var mean = w.zerosLike();
        var square = w.zerosLike();
        var found = shortest.zerosLike();
        for (int i = 1; i <= iterations; i++) {
            try (var scope = Scope.open(); var _ = Torch.enableGrad()) {
                var leaf = w.detach().requiresGrad_(true);
                var moved = leaf.tanh().add(1).div(2);
                var logits = scores.forward(moved);
                var lengths = Norm.L2.length(moved.sub(x));
                var margin = AttackLoss.MARGIN.each(logits, y).neg().add(confidence).relu();
                var gradient = Ascent.gradient(lengths.square().add(margin.mul(c)), leaf);
                keepShorter(w, logits.detach(), lengths.detach(), y, found, best, shortest);
                mean.lerp_(gradient, 1 - BETA1);
                square.lerp_(gradient.square(), 1 - BETA2);
                var step = mean.div(1 - Math.pow(BETA1, i))
                        .div(square.div(1 - Math.pow(BETA2, i)).sqrt().add(EPSILON)).mul(learningRate);
                w = scope.keep(w.sub(step));
            }
        }
        return found.ne(0);
    }

    private void keepShorter(Tensor w, Tensor logits, Tensor lengths, Tensor y, Tensor found, Tensor best,
            Tensor shortest) {
        var wrong = AttackLoss.MARGIN.each(logits, y).gt(confidence);
        found.copy_(found.maximum(wrong.to(DType.FLOAT32)));
        var better = wrong.and(lengths.lt(shortest));
        best.copy_(Ascent.rows(better, w.tanh().add(1).div(2), best));
        shortest.copy_(better.where(lengths, shortest));
    }
}
