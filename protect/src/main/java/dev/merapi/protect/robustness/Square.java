package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * A random search that asks a model for its scores alone (Andriushchenko et al. 2020, arXiv:1912.00049), in L∞:
 * squares of pictures are set to +ε or −ε, which stays where the margin rises; squares become smaller with the
 * queries.
 *
 * @param epsilon size of the change, at most
 * @param queries of a picture
 * @param share of the picture's area that the first squares have
 * @param seed of what is drawn
 */
public record Square(double epsilon, int queries, double share, long seed) implements Attack {
    /** After these queries of 10,000, the area is halved, as in the paper. */
    private static final int[] HALVES = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

    public Square {
        Expect.positive("Square.epsilon", epsilon);
        Expect.atLeast("Square.queries", 1, queries);
        Expect.that(share > 0 && share <= 1, "Square.share", "more than 0, to 1", share);
    }

    /** First squares of 80 % of the area, the paper's for L∞ by its code; seed 0. */
    public Square(double epsilon, int queries) { this(epsilon, queries, 0.8, 0); }

    /** @param x pictures (B, C, H, W) */
    @Override public Tensor perturb(Unary scores, Tensor x, Tensor y) {
        Ascent.check(x, y);
        Expect.that(x.rank() == 4, "Square", "pictures (B, C, H, W)", x.describe());
        var rng = new Rng(seed);
        try (var scope = Scope.open(); var _ = Torch.noGrad(); var best = new Best(x)) {
            long rows = x.size(0), channels = x.size(1), width = x.size(3);
            offer(best, scores, x, x, y);
            var stripes = signs(rng, x, rows, channels, 1, width);
            offer(best, scores, x, x.add(stripes.mul(epsilon)), y);
            for (int query = 2; query < queries; query++) {
                try (var _ = Scope.open()) {
                    var at = best.inputs();
                    var inside = square(rng, x, side(query, x));
                    var sign = signs(rng, x, rows, channels, 1, 1).mul(epsilon);
                    offer(best, scores, x, inside.where(x.add(sign), at), y);
                }
            }
            return scope.keep(best.inputs());
        }
    }

    private static void offer(Best best, Unary scores, Tensor x, Tensor some, Tensor y) {
        var inside = some.clamp(0, 1);
        var margin = AttackLoss.MARGIN.each(scores.forward(inside), y);
        best.offer(inside, new Ascent.Slope(margin, null, margin.gt(0)));
    }

    private static Tensor signs(Rng rng, Tensor x, long... shape) {
        return Tensor.rand(rng, shape).to(x.device()).ge(0.5).to(DType.FLOAT32).mul(2).sub(1);
    }

    private long side(int query, Tensor x) {
        double at = 10_000.0 * query / queries, area = share;
        for (int half : HALVES) if (at > half) area /= 2;
        return Math.clamp(Math.round(Math.sqrt(area * x.size(2) * x.size(3))), 1, Math.min(x.size(2), x.size(3)));
    }

    /** One square of each picture (B, 1, H, W), bool. */
    private static Tensor square(Rng rng, Tensor x, long side) {
        return band(rng, x, x.size(2), side).unsqueeze(2).and(band(rng, x, x.size(3), side).unsqueeze(1)).unsqueeze(1);
    }

    /** From a place at random (B, size). */
    private static Tensor band(Rng rng, Tensor x, long size, long side) {
        var from = Tensor.rand(rng, x.size(0), 1).to(x.device()).mul(size - side + 1).floor();
        var at = Tensor.arange(size).to(DType.FLOAT32).to(x.device()).unsqueeze(0).sub(from);
        return at.ge(0).and(at.lt(side));
    }
}
