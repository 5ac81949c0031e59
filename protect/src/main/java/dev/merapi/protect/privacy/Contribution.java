package dev.merapi.protect.privacy;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * What one use of a parameter in a forward pass adds to its gradient, sample by sample. B samples, of which a
 * contribution knows all.
 */
interface Contribution {
    /** Elements of gradients that are held at once to take their norms. */
    long AT_ONCE = 1 << 22;

    /** B. */
    long samples();

    /** The gradients of samples {@code from} to below {@code to}: (to - from, …) of the parameter's shape. */
    Tensor perSample(long from, long to);

    /** Elements that {@link #perSample} needs for one sample. */
    long elements();

    /** Σ over samples of coefficient (B) · gradient, of the parameter's shape. */
    Tensor weighted(Tensor coefficients);

    /** The squared 2-norm of each sample's gradient, (B). */
    default Tensor squaredNorms() { return squaredNorms(this); }

    /** By {@link #perSample}, some samples at a time, so that memory does not follow from the batch. */
    static Tensor squaredNorms(Contribution all) {
        long chunk = Math.max(1, AT_ONCE / Math.max(1, all.elements()));
        var norms = new ArrayList<Tensor>();
        for (long from = 0; from < all.samples(); from += chunk) {
            try (var scope = Scope.open()) {
                Tensor gradients = all.perSample(from, Math.min(from + chunk, all.samples()));
                norms.add(scope.keep(squares(gradients)));
            }
        }
        return Tensor.cat(norms, 0);
    }

    /** Σ x² of each row of x (B, …): (B). */
    static Tensor squares(Tensor x) { return x.square().reshape(x.size(0), -1).sum(1); }

    /** x (B, …) with each row multiplied by its coefficient. */
    static Tensor scaled(Tensor x, Tensor coefficients) {
        var shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        shape[0] = x.size(0);
        return x.mul(coefficients.to(x.dtype()).view(shape));
    }
}
