package dev.merapi.protect.privacy;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Of y = x Wᵀ the weight: its gradient is Σ over T of g xᵀ. Where T is small beside the weight, norms come from
 * the two Gram matrices and no gradient of a sample is ever made ("ghost norms", Goodfellow 2015, arXiv:1510.01799, and
 * Li et al. 2022, arXiv:2110.05679).
 *
 * @param x (B, T, in)
 * @param g the gradient of y, (B, T, out)
 */
record AffineWeight(Tensor x, Tensor g) implements Contribution {
    /** Of tensors with any axes, or none, between B and the last. */
    static AffineWeight of(Tensor x, Tensor g) { return new AffineWeight(steps(x), steps(g)); }

    /** (B, …, D) as (B, T, D). */
    static Tensor steps(Tensor x) { return x.reshape(x.size(0), -1, x.size(-1)); }

    /** The weight's gradient where it was used several times, such as once in each step of a recurrent layer. */
    static AffineWeight join(List<AffineWeight> uses) {
        if (uses.size() == 1) return uses.getFirst();
        return new AffineWeight(Tensor.cat(uses.stream().map(AffineWeight::x).toList(), 1),
                Tensor.cat(uses.stream().map(AffineWeight::g).toList(), 1));
    }

    @Override public long samples() { return x.size(0); }

    @Override public long elements() { return x.size(2) * g.size(2); }

    @Override public Tensor perSample(long from, long to) {
        return g.narrow(0, from, to - from).mT().matmul(x.narrow(0, from, to - from)); // (·, out, in)
    }

    @Override public Tensor squaredNorms() {
        long steps = x.size(1);
        if (steps == 1) return Contribution.squares(x).mul(Contribution.squares(g)); // of an outer product
        if (2 * steps * steps > elements()) return Contribution.squaredNorms(this);
        return x.matmul(x.mT()).mul(g.matmul(g.mT())).sum(1, 2); // (B, T, T) each
    }

    @Override public Tensor weighted(Tensor coefficients) {
        return Contribution.scaled(g, coefficients).flatten(0, 1).mT().matmul(x.flatten(0, 1));
    }
}
