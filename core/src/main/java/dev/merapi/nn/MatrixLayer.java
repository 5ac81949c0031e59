package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * A map y = x Wᵀ + b that shows what it consists of, whichever way its file keeps W: for those who put another layer
 * in its place, or add to it.
 */
public interface MatrixLayer extends Unary {
    /**
     * W (out, in). Of a parameter itself, or a view of it, so that a change in place is the layer's; a layer that
     * keeps W in another form gives a copy.
     */
    Tensor matrix();

    /** The shape of W, (out, in); no view of it is left. */
    default long[] matrixShape() {
        try (var _ = Scope.open()) {
            return matrix().shape();
        }
    }

    /** b (out), or null. */
    Tensor bias();

    /** Whether a change in place of {@link #matrix} is the layer's. */
    default boolean isWritable() { return true; }
}
