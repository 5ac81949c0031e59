package dev.merapi.compress.quantize;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * Stretches the columns of a weight that see large inputs before they are rounded, so that less is lost of these, and
 * divides the inputs by as much. How far is tried out. Lin et al. 2023, arXiv:2306.00978.
 */
final class Awq {
    private static final int TRIED = 20; // exponents from 0 to 1

    /**
     * @param grouped the stretched weight, rounded
     * @param scale (in), by what it was stretched
     */
    record Stretched(Grouped grouped, Tensor scale) { }

    private Awq() {}

    /**
     * @param magnitudes mean of |x| of each input (in)
     * @param hessian Σ x xᵀ (in, in)
     */
    static Stretched of(Tensor weight, Tensor magnitudes, Tensor hessian, int group) {
        Tensor w = weight.to(DType.FLOAT32);
        Stretched best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TRIED; i++) {
            try (var scope = Scope.open()) {
                Tensor raw = magnitudes.clamp(1e-4, null).pow((double) i / TRIED);
                Tensor scale = raw.div(raw.max().mul(raw.min()).sqrt()).contiguous();
                var rounded = Grouped.nearest(w.mul(scale), group);
                double loss = loss(rounded.values().div(scale).sub(w), hessian);
                if (loss >= least) continue;
                least = loss;
                best = new Stretched(new Grouped(scope.keep(rounded.codes()), scope.keep(rounded.scales()),
                        scope.keep(rounded.middles()), group), scope.keep(scale));
            }
        }
        return best;
    }

    /** The sum of squares of Δ x over all inputs x. */
    static double loss(Tensor delta, Tensor hessian) { return delta.matmul(hessian).mul(delta).sum().item(); }
}
