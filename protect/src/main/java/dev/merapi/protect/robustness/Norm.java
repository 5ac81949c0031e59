package dev.merapi.protect.robustness;

import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** How the size of a change (B, …) is measured: the greatest of its numbers, or the length of each row. */
public enum Norm {
    L_INF {
        @Override Tensor length(Tensor change) { return rows(change).abs().amax(1); }

        @Override Tensor project(Tensor change, double epsilon) { return change.clamp(-epsilon, epsilon); }

        @Override Tensor steepest(Tensor gradient) { return gradient.sign(); }

        @Override Tensor random(Tensor like, double epsilon, Rng rng) {
            return Tensor.rand(rng, like.shape()).to(like.device()).mul(2 * epsilon).sub(epsilon);
        }
    },

    L2 {
        @Override Tensor length(Tensor change) { return rows(change).norm(2, new long[] {1}, false); }

        @Override Tensor project(Tensor change, double epsilon) {
            return change.mul(each(length(change).add(TINY).reciprocal().mul(epsilon).clamp(0, 1), change));
        }

        @Override Tensor steepest(Tensor gradient) { return gradient.div(each(length(gradient).add(TINY), gradient)); }

        /** Uniform in the ball. */
        @Override Tensor random(Tensor like, double epsilon, Rng rng) {
            var direction = steepest(Tensor.randn(rng, like.shape()).to(like.device()));
            double dimensions = (double) like.numel() / like.size(0);
            var radius = Tensor.rand(rng, like.size(0)).to(like.device()).pow(1 / dimensions).mul(epsilon);
            return direction.mul(each(radius, like));
        }
    };

    private static final double TINY = 1e-12; // keeps a gradient of zeros from becoming NaN

    /** Of each row (B). */
    abstract Tensor length(Tensor change);

    /** The nearest change that is no larger than ε. */
    abstract Tensor project(Tensor change, double epsilon);

    /** The change of size 1 that raises a loss of this gradient most. */
    abstract Tensor steepest(Tensor gradient);

    /** A change of at most ε at random. */
    abstract Tensor random(Tensor like, double epsilon, Rng rng);

    private static Tensor rows(Tensor change) { return change.reshape(change.size(0), -1); }

    /** A number for each row (B), shaped to multiply rows (B, …). */
    static Tensor each(Tensor numbers, Tensor rows) {
        var shape = new long[rows.rank()];
        Arrays.fill(shape, 1);
        shape[0] = numbers.size(0);
        return numbers.reshape(shape);
    }
}
